#include "manifests/checks.h"

#include <algorithm>
#include <set>
#include <string>

#include "manifests/codes.h"
#include "manifests/image_checks.h"
#include "manifests/quantity.h"
#include "manifests/reserved_variables.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class Checking {
 public:
  Checking(const Manifest& manifest, Diagnostics& diagnostics)
      : manifest_(manifest), diagnostics_(diagnostics) {}

  void environment();
  void handler();
  void build();
  void files();
  void mounts();
  void tests();
  void compat();
  void kind(std::string_view kind);

 private:
  void binary();
  void report(const char* code, std::string message, const SourcePlace& place, std::string hint = "",
              Severity severity = Severity::Error) {
    diagnostics_.add(manifest_.finding(severity, code, std::move(message), place, std::move(hint)));
  }

  const Manifest& manifest_;
  Diagnostics& diagnostics_;
};

void Checking::environment() {
  std::size_t total = 0;
  for (const NamedText& variable : manifest_.environment) {
    total += variable.name->size() + variable.value->size() + 2;  // '=' and NUL
    if (is_reserved_variable(*variable.name)) {
      report(kReservedVariable, "variable '" + *variable.name + "' is set by the runtime",
             variable.name.place, *variable.name == "PORT" ? "set http.port instead" : "choose another name");
    }
  }
  if (total > kEnvironmentLimit) {
    report(kEnvironmentTooLarge,
           "env takes " + std::to_string(total) + " bytes; at most " + std::to_string(kEnvironmentLimit) +
               " are allowed",
           manifest_.environment.front().name.place,
           "put large values into a file and name it under 'files'");
  }
}

void Checking::handler() {
  if (manifest_.runtime && manifest_.runtime->value.language == Language::Binary) return binary();
  if (!manifest_.arguments.empty())
    report(kArgumentsOfCode, "args are for a program, and this is a function",
           manifest_.arguments.front().place,
           "remove them, or build a finished program with 'runtime: binary'");
  if (!manifest_.handler.written()) return;
  if (auto complaint = check_handler(*manifest_.handler))
    report(kWrongType, "handler '" + *manifest_.handler + "' " + complaint->message, manifest_.handler.place,
           complaint->hint);
}

void Checking::binary() {
  const Located<std::string>& handler = manifest_.handler;
  if (!handler.written())
    return report(
        kBinaryHandler, "runtime 'binary' has no handler", manifest_.runtime->place,
        "add 'handler: path/of/the/program', relative to the project; one of the host begins with '/'");
  bool absolute = handler->starts_with('/');
  if (auto complaint = absolute ? std::nullopt : check_project_path(*handler))
    report(kBinaryHandler, "handler '" + *handler + "' " + complaint->message, handler.place,
           complaint->hint);
  if (*manifest_.signature != Signature::Auto && *manifest_.signature != Signature::Server)
    report(kBinaryHandler,
           "signature '" + std::string(name_of(*manifest_.signature)) + "' has no meaning for a binary",
           manifest_.signature.place,
           "a finished program serves HTTP by itself: write 'server', or leave it out");
}

void Checking::build() {
  const Manifest::CppBuild& cpp = manifest_.build.cpp;
  if (cpp.cmake && !cpp.sources.empty()) {
    report(kCppSourcesAndCmake, "build.cpp.sources and build.cpp.cmake exclude each other",
           cpp.sources.front().place, "remove 'sources': the CMake target names its own");
  }
  if (manifest_.runtime) {
    const Runtime& runtime = manifest_.runtime->value;
    if (runtime.language == Language::Cpp && !runtime.version.empty() && cpp.standard.written() &&
        *cpp.standard != runtime.version) {
      report(kCppStandard,
             "standard '" + *cpp.standard + "' contradicts runtime 'cpp:" + runtime.version + "'",
             cpp.standard.place, "keep one of the two");
    }
  }
}

void Checking::files() {
  std::set<std::string> targets;
  for (const Manifest::DataFile& file : manifest_.files) {
    if (!file.to.written()) continue;
    if (!targets.insert(*file.to).second) {
      report(kBadFileTarget, "two files are placed at '" + *file.to + "'", file.to.place,
             "give each a path of its own");
    }
    for (std::string_view taken : {"/dev", "/proc", "/sys"}) {
      if (*file.to == taken || file.to->starts_with(std::string(taken) + "/")) {
        report(kBadFileTarget,
               "to '" + *file.to + "' lies in '" + std::string(taken) + "', which the kernel provides",
               file.to.place, "choose a path elsewhere, such as '/etc/app/…'");
      }
    }
  }
}

void Checking::mounts() {
  std::set<std::string> targets;
  for (const Manifest::Mount& mount : manifest_.mounts) {
    if (!mount.path.written()) continue;
    if (mount.tag.written() == mount.label.written()) {
      bool both = mount.tag.written();
      report(kBadMount,
             both ? "the mount at '" + *mount.path + "' has both a tag and a label"
                  : "the mount at '" + *mount.path + "' has neither a tag nor a label",
             mount.path.place,
             both ? "keep 'tag' for a shared directory, or 'label' for a volume"
                  : "add 'tag: …' for a shared directory, or 'label: …' for a volume");
    }
    if (!targets.insert(*mount.path).second) {
      report(kBadMount, "two mounts have the path '" + *mount.path + "'", mount.path.place,
             "give each a path of its own");
    }
  }
}

void Checking::tests() {
  std::set<std::string> names;
  for (const Manifest::Test& test : manifest_.tests) {
    if (test.name.written() && !names.insert(*test.name).second) {
      report(kBadTest, "two tests are called '" + *test.name + "'", test.name.place,
             "give each a name of its own");
    }
    const Manifest::TestRequest& request = test.request;
    std::vector<std::pair<std::string_view, SourcePlace>> bodies;
    if (request.body) bodies.emplace_back("body", request.body->place);
    if (request.body_file) bodies.emplace_back("body_file", request.body_file->place);
    if (request.cloudevent) bodies.emplace_back("cloudevent", request.cloudevent->place);
    if (bodies.size() > 1) {
      report(kBadTest,
             "request has both '" + std::string(bodies[0].first) + "' and '" + std::string(bodies[1].first) +
                 "'",
             bodies[1].second, "keep one: body, body_file or cloudevent");
    }
    const Manifest::TestExpectation& expect = test.expect;
    int expected_bodies = (expect.body ? 1 : 0) + (expect.body_json ? 1 : 0) + (expect.body_regex ? 1 : 0);
    if (expected_bodies > 1) {
      const SourcePlace& place = expect.body_regex ? expect.body_regex->place : expect.body_json->place;
      report(kBadTest, "expect describes the body in more than one way", place,
             "keep one: body, body_json or body_regex");
    }
    bool nothing = !expect.status && expect.headers.empty() && expected_bodies == 0 && !expect.log_regex &&
                   !expect.max_duration;
    // Where something is wrong, the expectation may be what could not be read.
    if (nothing && test.name.written() && !diagnostics_.has_errors()) {
      report(kBadTest, "test '" + *test.name + "' expects nothing, so it cannot fail", test.name.place,
             "add 'expect: {status: 200}'", Severity::Warning);
    }
  }
}

void Checking::compat() {
  if (*manifest_.compat == Compat::None) return;
  bool lambda = *manifest_.compat == Compat::Lambda;
  // Where a provider's pages disagree by age, the older and lower limit is the portable one.
  std::string_view provider = lambda ? "lambda" : "gcf";
  auto exceed = [&](std::string_view key, const std::string& value, const std::string& bounds,
                    const SourcePlace& place) {
    report(kProfileExceeded,
           std::string(key) + " '" + value + "' is outside " + bounds + ", the limits of compat '" +
               std::string(provider) + "'",
           place.line > 0 ? place : manifest_.compat.place, "change the value, or remove 'compat'");
  };
  auto size = [&](std::string_view key, const Located<std::uint64_t>& value, std::uint64_t least,
                  std::uint64_t most) {
    if (*value < least || *value > most)
      exceed(key, quantity_text(*value), quantity_text(least) + "–" + quantity_text(most), value.place);
  };
  const Manifest::Limits& limits = manifest_.limits;
  std::chrono::seconds longest(lambda ? 900 : 3600);
  if (*limits.timeout > longest)
    exceed("timeout", duration_text(*limits.timeout), "1s–" + duration_text(longest), limits.timeout.place);
  size("memory", manifest_.resources.memory, (lambda ? 128 : 32) * kMiB, 10240 * kMiB);
  if (lambda) {
    size("ephemeral_storage", manifest_.resources.ephemeral_storage, 512 * kMiB, 10240 * kMiB);
    if (*limits.init_timeout > std::chrono::seconds(10))
      exceed("init_timeout", duration_text(*limits.init_timeout), "1s–10s", limits.init_timeout.place);
    if (limits.concurrency && limits.concurrency->value > 1) {
      exceed("concurrency", std::to_string(limits.concurrency->value), "1–1", limits.concurrency->place);
    }
  }
  std::uint64_t message = (lambda ? 6 : 32) * kMiB;
  size("request_size", limits.request_size, 0, message);
  size("response_size", limits.response_size, 0, message);
}

void Checking::kind(std::string_view kind) {
  bool lambda = kind == "lambda";
  const auto& concurrency = manifest_.limits.concurrency;
  if (lambda && concurrency && concurrency->value > 1 && *manifest_.compat != Compat::Lambda) {
    report(kConcurrencyRange,
           "concurrency '" + std::to_string(concurrency->value) +
               "' is outside 1–1: a lambda handler takes one call at a time",
           concurrency->place, "remove 'concurrency', and start more instances instead");
  }
  if (!lambda && *manifest_.http.lambda_event != LambdaEvent::Raw) {
    report(kNotLambda,
           "lambda_event 'url-v2' has no meaning for a handler of kind '" + std::string(kind) + "'",
           manifest_.http.lambda_event.place, "remove it, or write a lambda handler");
  }
  if (!lambda) return;
  for (const NamedText& variable : manifest_.environment) {
    if (!is_reserved_for_lambda(*variable.name)) continue;
    report(kReservedVariable, "variable '" + *variable.name + "' is set by the runtime of lambda handlers",
           variable.name.place, "choose another name");
  }
}

}  // namespace

void check_manifest(Manifest& manifest, Diagnostics& diagnostics) {
  // A machine's memory is counted in whole MiB, so '512MB' is rounded up.
  manifest.resources.memory.value = (*manifest.resources.memory + kMiB - 1) / kMiB * kMiB;
  Checking checking(manifest, diagnostics);
  checking.environment();
  checking.handler();
  check_image(manifest, diagnostics);
  checking.build();
  checking.files();
  checking.mounts();
  checking.tests();
  checking.compat();
  if (*manifest.signature != Signature::Auto) checking.kind(name_of(*manifest.signature));
  if (manifest.runtime && manifest.runtime->value.language == Language::Cpp &&
      !manifest.runtime->value.version.empty()) {
    manifest.build.cpp.standard.value = manifest.runtime->value.version;
  }
}

void check_manifest_for_kind(const Manifest& manifest, std::string_view kind, Diagnostics& diagnostics) {
  if (*manifest.signature == Signature::Auto) Checking(manifest, diagnostics).kind(kind);
}

}  // namespace faasc
