#include "compiler/driver/cache_command.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/cache/codes.h"
#include "compiler/driver/build_cache.h"
#include "compiler/driver/session.h"
#include "manifests/quantity.h"

namespace faasc {
namespace {

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1 << 19)) >> 20) + " MiB";
}

Result<int> stats(Session& session) {
  FAASC_TRY(LocalStore store, open_local_store(session));
  FAASC_TRY(StoreContents contents, store.contents());
  session.set_result("directory", nlohmann::json(store.root().string()).dump());
  session.set_result("results", std::to_string(contents.actions));
  session.set_result("blobs", std::to_string(contents.blobs));
  session.set_result("bytes", std::to_string(contents.bytes));
  session.set_result("most_bytes", std::to_string(store.most_bytes()));
  if (session.options().format == ReportFormat::Text)
    session.console().print("directory  " + store.root().string() + "\nresults    " +
                            std::to_string(contents.actions) + "\nblobs      " +
                            std::to_string(contents.blobs) + "\nsize       " + mebibytes(contents.bytes) +
                            " of at most " + quantity_text(store.most_bytes()) + "\n");
  return 0;
}

Result<int> clean(Session& session) {
  FAASC_TRY(LocalStore store, open_local_store(session));
  FAASC_TRY(StoreContents before, store.clear());
  session.set_result("removed_bytes", std::to_string(before.bytes));
  session.console().say(before.bytes == 0 ? "the cache was empty" : "removed " + mebibytes(before.bytes));
  return 0;
}

Result<int> verify(Session& session) {
  FAASC_TRY(LocalStore store, open_local_store(session));
  FAASC_TRY(StoreContents contents, store.contents());
  FAASC_TRY(std::vector<LocalStore::Damage> damages, store.verify());
  Diagnostics diagnostics;
  nlohmann::json removed = nlohmann::json::array();
  for (const LocalStore::Damage& damage : damages) {
    Diagnostic finding;
    finding.code = kCacheDamaged;
    finding.message = "'" + damage.file.filename().string() + "' was removed: " + damage.what;
    finding.hint = "builds make it again; if it happens more than once, check the disk and the memory";
    diagnostics.add(std::move(finding));
    removed.push_back(damage.file.string());
  }
  session.report(diagnostics);
  session.set_result("results", std::to_string(contents.actions));
  session.set_result("blobs", std::to_string(contents.blobs));
  session.set_result("removed", removed.dump());
  if (damages.empty())
    session.console().say("all " + std::to_string(contents.blobs) + " blobs and " +
                          std::to_string(contents.actions) + " results are sound");
  return session.status();
}

}  // namespace

Action configure_cache_stats(CLI::App&) {
  return [](Session& session) { return stats(session); };
}
Action configure_cache_clean(CLI::App&) {
  return [](Session& session) { return clean(session); };
}
Action configure_cache_verify(CLI::App&) {
  return [](Session& session) { return verify(session); };
}

}  // namespace faasc
