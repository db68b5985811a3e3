#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/explain/pages.h"
#include "compiler/driver/session.h"

namespace faasc {

Action configure_explain(CLI::App& app) {
  auto code = std::make_shared<std::string>();
  app.add_option("code", *code, "the code at the end of a message; all of them where absent")
      ->type_name("CODE");
  return [code](Session& session) -> Result<int> {
    if (code->empty()) {
      session.console().print(list_of_pages());
      return 0;
    }
    const ExplainPage* page = find_page(*code);
    if (page == nullptr) {
      return Error{.fault = Fault::Usage,
                   .code = kNothingToExplain,
                   .what = "there is no message with the code '" + *code + "'",
                   .hint = "'faasc explain' lists all codes"};
    }
    auto set = [&](const char* name, std::string_view text) {
      session.set_result(name, nlohmann::json(text).dump());
    };
    set("code", page->code);
    set("title", page->title);
    set("meaning", page->meaning);
    set("example", page->example);
    set("fix", page->fix);
    if (session.options().format != ReportFormat::Json) session.console().print(to_text(*page));
    return 0;
  };
}

}  // namespace faasc
