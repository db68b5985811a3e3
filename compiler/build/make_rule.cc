#include "compiler/build/make_rule.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/file_stamp.h"

namespace faasc {
namespace fs = std::filesystem;

MakeRule::MakeRule(const DepfileRequest& request, fs::path image, fs::path typed)
    : request_(request), image_(std::move(image)), typed_(std::move(typed)) {
  request_.file =
      request_.file.empty() ? fs::path(image_) += ".d" : fs::absolute(request_.file).lexically_normal();
}

// A directory that the build itself writes to is always newer than the image: no rule can depend on it.
std::vector<std::string> MakeRule::prerequisites(const BuildRecord& record) const {
  std::set<fs::path> written = {request_.file.parent_path()};
  for (const std::string& output : record.outputs()) written.insert(fs::path(output).parent_path());
  std::vector<std::string> inputs = record.inputs();
  std::erase_if(inputs, [&](const std::string& input) { return written.contains(input); });
  return inputs;
}

Result<void> MakeRule::write(const BuildRecord& record) const {
  // As a compiler would list them: relative below the working directory, so that they are what rules name.
  const fs::path here = fs::current_path();
  auto as_listed = [&](const fs::path& path) {
    fs::path relative = path.lexically_relative(here);
    return (relative.empty() || *relative.begin() == ".." ? path : relative).string();
  };
  std::vector<std::string> files = prerequisites(record), targets = request_.targets;
  for (std::string& file : files) file = as_listed(file);
  if (targets.empty()) targets.push_back(make_quoted(typed_.empty() ? as_listed(image_) : typed_.string()));
  FAASC_CHECK(write_file_if_changed(request_.file, depfile_text(targets, files, request_.phony)));
  return {};
}

Result<void> MakeRule::tell_nothing_done(BuildRecord& record, const fs::path& record_path,
                                         bool keep_time) const {
  FAASC_CHECK(write(record));
  std::int64_t written = stamp_of(image_).modified_ns;
  std::vector<std::string> inputs = prerequisites(record);
  bool newer = std::any_of(inputs.begin(), inputs.end(),
                           [&](const std::string& input) { return stamp_of(input).modified_ns > written; });
  if (!newer || keep_time) return {};
  FAASC_CHECK(set_modification_time(image_, file_clock_ns()));
  record.add_output(image_);
  return record.save(record_path);
}

}  // namespace faasc
