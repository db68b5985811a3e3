#include "packager/archive/container_image.h"

#include <algorithm>
#include <array>

#include "base/sha256.h"
#include "packager/archive/codes.h"
#include "packager/archive/container_json.h"

namespace faasc {
namespace {

constexpr std::size_t kMaxLayers = 512;
constexpr int kMaxIndexDepth = 4;

constexpr std::string_view kLayers[] = {
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd",
};

template <std::size_t N>
bool one_of(std::string_view text, const std::string_view (&known)[N]) {
  return std::find(std::begin(known), std::end(known), text) != std::end(known);
}

constexpr std::string_view kIndexes[] = {"application/vnd.oci.image.index.v1+json",
                                         "application/vnd.docker.distribution.manifest.list.v2+json"};
constexpr std::string_view kManifests[] = {"application/vnd.oci.image.manifest.v1+json",
                                           "application/vnd.docker.distribution.manifest.v2+json"};

struct Descriptor {
  std::string media_type, reference, architecture, os;
  ContainerBlob blob;
};

bool is_sha256(std::string_view digest) {
  return digest.size() == 7 + 64 && digest.starts_with("sha256:") &&
         digest.find_first_not_of("0123456789abcdef", 7) == std::string_view::npos;
}

Result<Descriptor> descriptor_of(const ContainerJson& json, const std::string& name) {
  Descriptor descriptor;
  FAASC_TRY(descriptor.media_type, json.text("mediaType"));
  FAASC_TRY(descriptor.blob.digest, json.text("digest"));
  FAASC_TRY(descriptor.blob.size_bytes, json.number("size"));
  if (!is_sha256(descriptor.blob.digest))
    return container_error(name, "'" + descriptor.blob.digest + "' is no SHA-256 digest like 'sha256:…'");
  descriptor.blob.path = "blobs/sha256/" + descriptor.blob.digest.substr(7);
  FAASC_TRY(ContainerJson annotations, json.object("annotations"));
  FAASC_TRY(descriptor.reference, annotations.text("org.opencontainers.image.ref.name"));
  if (descriptor.reference.empty()) {
    FAASC_TRY(descriptor.reference, annotations.text("io.containerd.image.name"));
  }
  FAASC_TRY(ContainerJson platform, json.object("platform"));
  FAASC_TRY(descriptor.architecture, platform.text("architecture"));
  FAASC_TRY(descriptor.os, platform.text("os"));
  return descriptor;
}

/// The bytes of a description, which are what their digest says.
Result<std::string> read_blob(const ContainerFiles& files, const ContainerBlob& blob) {
  FAASC_TRY(std::string bytes, files.read(blob.path));
  std::string found = "sha256:" + to_hex(sha256(bytes));
  if (!blob.digest.empty() && found != blob.digest)
    return Error{Fault::Input,
                 kContainerDigest,
                 "'" + files.name_of(blob.path) + "' is damaged: its digest is " + found + " where " +
                     blob.digest + " was expected",
                 {},
                 "get the image again"};
  return bytes;
}

Error no_choice(const ContainerFiles& files, const std::string& why, std::string hint) {
  return {Fault::Input, kContainerChoice, "'" + files.name() + "' " + why, {}, std::move(hint)};
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "'" : ", '") + (name.empty() ? "(no name)" : name) + "'";
  return list;
}

/// The one manifest that is wanted among those of an index.
Result<Descriptor> choose(const ContainerFiles& files, std::vector<Descriptor> all,
                          const ContainerChoice& choice) {
  std::vector<std::string> names, platforms;
  if (all.empty()) return no_choice(files, "lists no image", "");
  for (const Descriptor& one : all) {
    names.push_back(one.reference);
    if (!one.architecture.empty()) platforms.push_back(one.os + "/" + one.architecture);
  }
  if (!choice.reference.empty()) {
    std::erase_if(all, [&](const Descriptor& one) { return one.reference != choice.reference; });
    if (all.empty())
      return no_choice(files, "has no image named '" + choice.reference + "'", "it has " + listed(names));
  }
  std::erase_if(all, [&](const Descriptor& one) {
    return !one.architecture.empty() && (one.architecture != choice.architecture || one.os != "linux");
  });
  if (all.empty())
    return no_choice(files, "has no image for linux/" + choice.architecture,
                     platforms.empty() ? "" : "it has " + listed(platforms));
  if (all.size() > 1) return no_choice(files, "has several images", "name one with --ref: " + listed(names));
  return all.front();
}

Result<Descriptor> find_manifest(const ContainerFiles& files, const ContainerChoice& choice) {
  std::string path = "index.json";
  FAASC_TRY(std::string text, files.read(path));
  ContainerChoice wanted = choice;
  std::string reference;
  for (int depth = 0; depth < kMaxIndexDepth; ++depth) {
    std::string name = files.name_of(path);
    FAASC_TRY(ContainerJson index, ContainerJson::parse(text, name));
    FAASC_TRY(std::vector<ContainerJson> entries, index.objects("manifests"));
    std::vector<Descriptor> all;
    for (const ContainerJson& entry : entries) {
      FAASC_TRY(Descriptor descriptor, descriptor_of(entry, name));
      // Attestations and the like stand beside images.
      if (one_of(descriptor.media_type, kIndexes) || one_of(descriptor.media_type, kManifests))
        if (descriptor.architecture != "unknown") all.push_back(std::move(descriptor));
    }
    FAASC_TRY(Descriptor chosen, choose(files, std::move(all), wanted));
    if (reference.empty()) reference = chosen.reference;
    if (one_of(chosen.media_type, kManifests)) {
      chosen.reference = reference;
      return chosen;
    }
    wanted.reference.clear();
    path = chosen.blob.path;
    FAASC_TRY(text, read_blob(files, chosen.blob));
  }
  return container_error(files.name(), "its indexes are nested too deeply");
}

Result<void> check(const ContainerImage& image, const ContainerChoice& choice, const std::string& name) {
  if (!image.config.os.empty() && image.config.os != "linux")
    return container_error(name, "it is for '" + image.config.os + "', not for linux");
  if (!image.config.architecture.empty() && image.config.architecture != choice.architecture)
    return container_error(
        name, "it is for '" + image.config.architecture + "', not for '" + choice.architecture + "'");
  if (image.layers.size() > kMaxLayers)
    return container_error(name, "it has " + std::to_string(image.layers.size()) + " layers; at most " +
                                     std::to_string(kMaxLayers) + " are possible");
  if (image.config.diff_ids.size() != image.layers.size())
    return container_error(name, "it has " + std::to_string(image.layers.size()) +
                                     " layers but digests for " +
                                     std::to_string(image.config.diff_ids.size()));
  for (const std::string& digest : image.config.diff_ids)
    if (!is_sha256(digest))
      return container_error(name, "'" + digest + "' is no SHA-256 digest like 'sha256:…'");
  return {};
}

Result<ContainerImage> read_oci_layout(const ContainerFiles& files, const ContainerChoice& choice) {
  FAASC_TRY(std::string mark, files.read("oci-layout"));
  FAASC_TRY(ContainerJson layout, ContainerJson::parse(mark, files.name_of("oci-layout")));
  FAASC_TRY(std::string version, layout.text("imageLayoutVersion"));
  if (version != "1.0.0")
    return container_error(files.name(), "its layout has version '" + version + "'; known is '1.0.0'");
  FAASC_TRY(Descriptor chosen, find_manifest(files, choice));
  FAASC_TRY(std::string text, read_blob(files, chosen.blob));
  std::string name = files.name_of(chosen.blob.path);
  FAASC_TRY(ContainerJson manifest, ContainerJson::parse(text, name));
  FAASC_TRY(ContainerJson config_json, manifest.object("config"));
  FAASC_TRY(Descriptor config, descriptor_of(config_json, name));
  ContainerImage image;
  image.reference = chosen.reference;
  FAASC_TRY(std::string config_text, read_blob(files, config.blob));
  FAASC_TRY(image.config, parse_container_config(config_text, files.name_of(config.blob.path)));
  FAASC_TRY(std::vector<ContainerJson> layers, manifest.objects("layers"));
  for (const ContainerJson& json : layers) {
    FAASC_TRY(Descriptor layer, descriptor_of(json, name));
    if (!one_of(layer.media_type, kLayers))
      return container_error(name, "a layer is of the unknown type '" + layer.media_type + "'");
    image.layers.push_back(std::move(layer.blob));
  }
  FAASC_CHECK(check(image, choice, name));
  return image;
}

/// "abc….json" and "blobs/sha256/abc…" say what their digest is.
std::string digest_in_name(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".json")) name.remove_suffix(5);
  std::string digest = "sha256:" + std::string(name);
  return is_sha256(digest) ? digest : std::string();
}

Result<ContainerImage> read_docker_save(const ContainerFiles& files, const ContainerChoice& choice) {
  std::string name = files.name_of("manifest.json");
  FAASC_TRY(std::string text, files.read("manifest.json"));
  FAASC_TRY(ContainerJson root, ContainerJson::parse(text, name));
  FAASC_TRY(std::vector<ContainerJson> entries, root.elements());
  std::vector<std::string> names;
  std::vector<std::pair<std::string, const ContainerJson*>> fitting;
  for (const ContainerJson& entry : entries) {
    FAASC_TRY(std::vector<std::string> tags, entry.texts("RepoTags"));
    if (tags.empty()) tags.emplace_back();
    names.insert(names.end(), tags.begin(), tags.end());
    if (choice.reference.empty())
      fitting.emplace_back(tags.front(), &entry);
    else if (std::find(tags.begin(), tags.end(), choice.reference) != tags.end())
      fitting.emplace_back(choice.reference, &entry);
  }
  if (fitting.empty() && !choice.reference.empty())
    return no_choice(files, "has no image named '" + choice.reference + "'", "it has " + listed(names));
  if (fitting.empty()) return no_choice(files, "lists no image", "");
  if (fitting.size() > 1)
    return no_choice(files, "has several images", "name one with --ref: " + listed(names));

  const ContainerJson& entry = *fitting.front().second;
  ContainerImage image;
  image.reference = fitting.front().first;
  FAASC_TRY(std::string config_path, entry.text("Config"));
  FAASC_TRY(std::string config_text,
            read_blob(files, {.path = config_path, .digest = digest_in_name(config_path), .size_bytes = {}}));
  FAASC_TRY(image.config, parse_container_config(config_text, files.name_of(config_path)));
  FAASC_TRY(std::vector<std::string> layers, entry.texts("Layers"));
  for (const std::string& path : layers)
    image.layers.push_back({.path = path, .digest = digest_in_name(path), .size_bytes = {}});
  FAASC_CHECK(check(image, choice, name));
  return image;
}

}  // namespace

bool is_container_image(const ContainerFiles& files) {
  if (files.has("oci-layout") && files.has("index.json")) return true;
  if (!files.has("manifest.json")) return false;
  // A root file system may have a file of that name.
  auto text = files.read("manifest.json");
  if (!text) return false;
  auto json = ContainerJson::parse(*text, files.name());
  if (!json) return false;
  auto entries = json->elements();
  if (!entries || entries->empty()) return false;
  std::vector<std::string> names = entries->front().names();
  auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  return has("Config") && has("Layers");
}

Result<ContainerImage> read_container_image(const ContainerFiles& files, const ContainerChoice& choice) {
  return files.has("oci-layout") ? read_oci_layout(files, choice) : read_docker_save(files, choice);
}

}  // namespace faasc
