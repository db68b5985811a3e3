// docs/manifest.md: every key of faas.yaml, written from the table that the reader goes by.
// FAASC_UPDATE_GOLDEN=1 writes it anew.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "manifests/keys.h"
#include "manifests/quantity.h"
#include "manifests/reader.h"

namespace faasc {
namespace {

struct Chapter {
  const char* path;     ///< of the section; empty: the first column of the file
  const char* text;     ///< what the table cannot say
  const char* example;  ///< accepted by the reader as it stands
};
const Chapter kChapters[] = {
    {"",
     "Only `apiVersion` has to be there. Without `runtime`, the files of the project decide; without "
     "`handler`, the "
     "only function that can be one is taken.",
     "apiVersion: faasc/v1\n"
     "name: price-list\n"
     "runtime: cpp:20\n"
     "handler: shop::price_list\n"},
    {"build.cpp",
     "Paths and patterns are relative to `source`. With `cmake`, sources and flags are those of a CMake "
     "target.",
     "apiVersion: faasc/v1\n"
     "runtime: cpp:20\n"
     "build:\n"
     "  cpp:\n"
     "    sources: [\"*.cc\", \"!old.cc\"]\n"
     "    includes: [third_party/include]\n"
     "    defines: [NDEBUG, LIMIT=3]\n"
     "    link: [-lz]\n"},
    {"build.cpp.cmake", "", "apiVersion: faasc/v1\nbuild:\n  cpp:\n    cmake: {dir: ., target: prices}\n"},
    {"build.python", "",
     "apiVersion: faasc/v1\n"
     "runtime: python:3.11\n"
     "build:\n"
     "  python: {requirements: requirements.txt, wheels: ../wheelhouse}\n"
     "  locked: true\n"},
    {"build.go", "",
     "apiVersion: faasc/v1\nruntime: go\nbuild:\n  go: {package: ./cmd/shop, tags: [netgo], mod: vendor}\n"},
    {"build", "Values of `args` may take a variable of the host, as those of `env`.",
     "apiVersion: faasc/v1\nbuild:\n  args: {TOKEN: \"${env:BUILD_TOKEN}\"}\n"},
    {"resources", "A number without a unit means MiB.",
     "apiVersion: faasc/v1\nresources: {memory: 64MiB, vcpus: 2, ephemeral_storage: 1GiB}\n"},
    {"limits", "A number without a unit means seconds for a time, MiB for a size.",
     "apiVersion: faasc/v1\nlimits: {timeout: 15s, grace_period: 500ms, concurrency: 20, request_size: "
     "1MiB}\n"},
    {"http", "", "apiVersion: faasc/v1\nhttp: {port: 9000, health: false}\n"},
    {"network",
     "`tap` or `bridge` connects the machine to a network of the host that runs it, unless `--net` says "
     "otherwise. `dns` makes /etc/resolv.conf, `hosts` /etc/hosts. `timezone` takes the zone's file of the "
     "machine that "
     "builds into the image and sets `TZ`; `ca_certificates` puts a bundle at "
     "/etc/ssl/certs/ca-certificates.crt and sets `SSL_CERT_FILE`.",
     "apiVersion: faasc/v1\n"
     "network: {address: 10.0.2.15/24, gateway: 10.0.2.2, dns: [10.0.2.3], hosts: {db: 10.0.2.7}}\n"
     "timezone: Europe/Berlin\n"
     "ca_certificates: host\n"},
    {"files", "Each entry copies a file or directory of the project to a path in the guest.",
     "apiVersion: faasc/v1\n"
     "files:\n"
     "  - {from: data/allow.json, to: /etc/shop/allow.json, mode: \"0644\"}\n"
     "  - {from: static, to: /srv/static}\n"},
    {"mounts",
     "Each entry has either a `tag`, of a directory that the host shares, or the `label` of a volume.",
     "apiVersion: faasc/v1\nmounts:\n  - {tag: cache, path: /cache}\n  - {label: models, path: /models, "
     "readonly: true}\n"},
    {"logging", "", "apiVersion: faasc/v1\nlogging: {format: json, level: debug}\n"},
    {"image",
     "QEMU, OpenStack and KubeVirt take raw and qcow2; VMware and the importers of clouds vmdk, which is "
     "written streamOptimized; Azure a fixed vhd; Hyper-V vhdx. raw.zst is for storing and sending; faasc "
     "unpacks it to run it. `klibs`, `consoles`, `coredumplimit` and `manifest` are for Nanos only.",
     "apiVersion: faasc/v1\n"
     "image: {format: qcow2, max_size: 8MiB, kernel: nanos@0.1.55, klibs: [ntp], manifest: {ntp_servers: "
     "[pool.example.org]}}\n"},
    {"tests",
     "Each entry is one request, and what must come back. `faasc test` boots the image once and sends them "
     "all.",
     "apiVersion: faasc/v1\n"
     "tests:\n"
     "  - name: adds\n"
     "    request: {method: POST, path: /sum, body: \"[1, 2]\"}\n"
     "    expect: {status: 200, body_json: {sum: 3}, max_ms: 200}\n"},
    {"tests.request", "One of `body`, `body_file` and `cloudevent`, at most.", ""},
    {"tests.request.cloudevent", "",
     "apiVersion: faasc/v1\n"
     "tests:\n"
     "  - name: an order\n"
     "    request: {cloudevent: {type: shop.order.placed, subject: \"7\", data: {order: 7}}}\n"
     "    expect: {status: 200, log_regex: order 7}\n"},
    {"tests.expect", "One of `body`, `body_json` and `body_regex`, at most.", ""},
};

const Chapter* chapter_of(std::string_view path) {
  for (const Chapter& chapter : kChapters) {
    if (chapter.path == path) return &chapter;
  }
  return nullptr;
}

std::string value_of(const Key& key) {
  auto range = [](const std::string& least, const std::string& most) { return ", " + least + "–" + most; };
  switch (key.form) {
    case Form::Text:
      return "text";
    case Form::Choice: {
      std::string list;
      for (std::string_view choice : key.choices)
        list.append(list.empty() ? "`" : ", `").append(choice).append("`");
      return list;
    }
    case Form::Boolean:
      return "`true`, `false`";
    case Form::Integer:
      return "number" + range(std::to_string(key.least), std::to_string(key.most));
    case Form::Quantity:
      return "size" +
             range(quantity_text(static_cast<std::uint64_t>(key.least)),
                   quantity_text(static_cast<std::uint64_t>(key.most))) +
             (key.word.empty() ? "" : ", or `" + std::string(key.word) + "`");
    case Form::Duration:
      return "time" + range(duration_text(std::chrono::milliseconds(key.least)),
                            duration_text(std::chrono::milliseconds(key.most)));
    case Form::FileMode:
      return "octal digits";
    case Form::TextList:
      return "list of texts";
    case Form::TextMap:
      return "map of names to texts";
    case Form::Section:
      return "section";
    case Form::SectionList:
      return "list of sections";
    case Form::Json:
      return "any YAML or JSON";
    case Form::FreeMap:
      break;
  }
  return "map of names to anything";
}

// A '|' would end the cell, a '*' begin emphasis.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) out.append(c == '|' || c == '*' ? std::string{'\\', c} : std::string(1, c));
  return out;
}

std::string anchor(std::string_view path) {
  std::string out;
  for (char c : path) {
    if (c != '.') out += c;
  }
  return out;
}

void write_section(std::string& out, std::span<const Key> keys, const std::string& path) {
  out.append("\n## ").append(path.empty() ? "The first column" : path).append("\n\n");
  const Chapter* chapter = chapter_of(path);
  if (chapter != nullptr && *chapter->text != '\0') out.append(chapter->text).append("\n\n");
  out += "| key | value | default | | refused with |\n|---|---|---|---|---|\n";
  for (const Key& key : keys) {
    std::string here = path.empty() ? std::string(key.name) : path + "." + std::string(key.name);
    bool section = !key.members.empty();
    std::string codes(key.code);
    if (!key.name_code.empty() && key.name_code != key.code)
      codes.append(codes.empty() ? "" : ", ").append(key.name_code);
    out.append("| ")
        .append(section ? "[`" + std::string(key.name) + "`](#" + anchor(here) + ")"
                        : "`" + std::string(key.name) + "`")
        .append(" | " + cell(value_of(key)) + " | ")
        .append(key.required ? "required" : cell(key.fallback))
        .append(" | " + cell(key.help) + " | " + codes + " |\n");
  }
  if (chapter != nullptr && *chapter->example != '\0')
    out.append("\n```yaml\n").append(chapter->example).append("```\n");
  for (const Key& key : keys) {
    if (!key.members.empty())
      write_section(out, key.members,
                    path.empty() ? std::string(key.name) : path + "." + std::string(key.name));
  }
}

std::string reference_page() {
  std::string out =
      "# faas.yaml, key by key\n\n"
      "<!-- Written from the reader's own table; manifests/reference_page_test.cc says how. -->\n\n"
      "A manifest is one YAML document in UTF-8, of at most 256 KiB and at most 16 levels; JSON will do, "
      "being YAML. It is read "
      "strictly: an unknown key, a key that is given twice, an anchor, alias or tag is an error. All "
      "problems of a file are "
      "told in one run, each with its place and a code; `faasc explain CODE` says more about one. Editors "
      "find the keys "
      "through the first line of every manifest that `faasc init` writes.\n\n"
      "- A **text** needs no quotes unless it contains `: ` or ` #`, or begins with one of `& * ! @ % [ {`. "
      "What looks like "
      "a number, `yes` or `no` stays the text it is.\n"
      "- A **size** is a number and a unit: `64KiB`, `256MiB`, `1GiB`, or `500MB` in powers of ten.\n"
      "- A **time** is a number and a unit: `500ms`, `30s`, `2m`, `1h`.\n"
      "- A **pattern** is one of a `.gitignore`; `{cc,cpp}` lists alternatives.\n"
      "- The values of `env` and `build.args` may contain `${env:NAME}`, which stands for a variable of the "
      "host when the "
      "image is built. Its value is never shown.\n";
  write_section(out, manifest_keys(), "");
  return out;
}

TEST(ReferencePage, IsTheOneInTheManual) {
  std::string path = std::string(FAASC_SOURCE_DIR) + "/docs/manifest.md", page = reference_page();
  if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_if_changed(path, page));
    return;
  }
  Result<std::string> published = read_file(path);
  ASSERT_TRUE(published) << published.error().what;
  EXPECT_EQ(page, *published) << "FAASC_UPDATE_GOLDEN=1 writes it anew";
}

TEST(ReferencePage, ShowsExamplesThatTheReaderAccepts) {
  ManifestEnvironment anything{[](std::string_view) { return std::optional<std::string>("x"); }};
  for (const Chapter& chapter : kChapters) {
    if (*chapter.example == '\0') continue;
    SCOPED_TRACE(chapter.path);
    Diagnostics diagnostics;
    EXPECT_TRUE(read_manifest_text(chapter.example, "faas.yaml", diagnostics, anything));
    for (const Diagnostic& diagnostic : diagnostics.all()) ADD_FAILURE() << to_text(diagnostic, Color::Off);
  }
}

}  // namespace
}  // namespace faasc
