#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "packager/archive/container_files.h"
#include "packager/archive/made_archive.h"

namespace faasc {

/// The files of a container image made for a test, by path.
struct MadeContainer {
  std::map<std::string, std::string> files;

  /// Adds a blob; its descriptor.
  std::string blob(const std::string& bytes, const std::string& media_type, const std::string& more = "") {
    std::string digest = to_hex(sha256(bytes));
    files["blobs/sha256/" + digest] = bytes;
    return R"({"mediaType":")" + media_type + R"(","digest":"sha256:)" + digest + R"(","size":)" +
           std::to_string(bytes.size()) + more + "}";
  }

  std::vector<MadeEntry> entries() const {
    std::vector<MadeEntry> entries;
    for (const auto& [path, bytes] : files) entries.push_back({path, bytes});
    return entries;
  }
};

inline std::string made_config(const std::vector<std::string>& tars, const std::string& run = "{}") {
  std::string ids;
  for (const std::string& tar : tars)
    ids += (ids.empty() ? "\"sha256:" : ",\"sha256:") + to_hex(sha256(tar)) + "\"";
  return R"({"architecture":"amd64","os":"linux","config":)" + run +
         R"(,"rootfs":{"type":"layers","diff_ids":[)" + ids + "]}}";
}

/// An OCI image layout of one image. `stored` are the layers as they lie in the image, of type
/// "application/vnd.oci.image.layer.v1.tar" + `suffix`; `tars` the same before compression.
inline MadeContainer made_oci(const std::vector<std::string>& tars, const std::string& run = "{}",
                              std::vector<std::string> stored = {}, const std::string& suffix = "") {
  if (stored.empty()) stored = tars;
  MadeContainer made;
  std::string config = made.blob(made_config(tars, run), "application/vnd.oci.image.config.v1+json");
  std::string layers;
  for (const std::string& layer : stored)
    layers +=
        (layers.empty() ? "" : ",") + made.blob(layer, "application/vnd.oci.image.layer.v1.tar" + suffix);
  std::string manifest =
      made.blob(R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[)" + layers + "]}",
                "application/vnd.oci.image.manifest.v1+json",
                R"(,"annotations":{"org.opencontainers.image.ref.name":"shop:1"})");
  made.files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
  made.files["index.json"] = R"({"schemaVersion":2,"manifests":[)" + manifest + "]}";
  return made;
}

/// What `docker save` wrote before version 25.
inline MadeContainer made_docker_save(const std::vector<std::string>& tars, const std::string& run = "{}") {
  MadeContainer made;
  std::string config = made_config(tars, run), layers;
  std::string config_path = to_hex(sha256(config)) + ".json";
  made.files[config_path] = config;
  for (std::size_t i = 0; i < tars.size(); ++i) {
    std::string path = "layer" + std::to_string(i) + "/layer.tar";
    made.files[path] = tars[i];
    layers += (layers.empty() ? "\"" : ",\"") + path + "\"";
  }
  made.files["manifest.json"] =
      R"([{"Config":")" + config_path + R"(","RepoTags":["shop:1"],"Layers":[)" + layers + "]}]";
  return made;
}

}  // namespace faasc
