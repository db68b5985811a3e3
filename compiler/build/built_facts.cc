#include "compiler/build/built_facts.h"

#include <cstdlib>
#include <string>

namespace faasc {

void add_facts(const BuiltFunction& built, BuildRecord& record) {
  const Function& function = built.function;
  record.set_fact("name", built.name);
  record.set_fact("language", function.language);
  record.set_fact("handler", function.handler);
  record.set_fact("kind", function.kind);
  record.set_fact("file", function.file);
  record.set_fact("line", std::to_string(function.line));
  record.set_fact("reason", function.reason);
  record.set_fact("kernel", built.kernel);
  record.set_fact("kernel_choice", std::to_string(static_cast<int>(built.kernel_choice)));
  record.set_fact("debug_file", built.debug_file.string());
  record.set_fact("openapi", built.openapi.string());
  record.set_fact("image_bytes", std::to_string(built.image_bytes));
  record.set_fact("allocated_bytes", std::to_string(built.allocated_bytes));
  record.set_fact("payload_bytes", std::to_string(built.payload_bytes));
}

void take_facts(const BuildRecord& record, BuiltFunction& built) {
  auto bytes = [&](const char* name) { return std::strtoull(record.fact(name).c_str(), nullptr, 10); };
  built.function = {.language = record.fact("language"),
                    .handler = record.fact("handler"),
                    .kind = record.fact("kind"),
                    .file = record.fact("file"),
                    .line = std::atoi(record.fact("line").c_str()),
                    .reason = record.fact("reason")};
  built.kernel = record.fact("kernel");
  built.kernel_choice = static_cast<KernelStore::Choice>(std::atoi(record.fact("kernel_choice").c_str()));
  built.debug_file = record.fact("debug_file");
  built.openapi = record.fact("openapi");
  built.image_bytes = bytes("image_bytes");
  built.allocated_bytes = bytes("allocated_bytes");
  built.payload_bytes = bytes("payload_bytes");
}

}  // namespace faasc
