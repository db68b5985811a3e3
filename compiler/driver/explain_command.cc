#include <memory>

#include <CLI/CLI.hpp>

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
      std::string list;
      for (const ExplainPage* page : all_pages()) {
        list.append(page->code).append("  ").append(page->title).append("\n");
      }
      session.console().print(list);
      return 0;
    }
    const ExplainPage* page = find_page(*code);
    if (page == nullptr) {
      return Error{.fault = Fault::Usage,
                   .code = kNothingToExplain,
                   .what = "there is no message with the code '" + *code + "'",
                   .hint = "'faasc explain' lists all codes"};
    }
    session.console().print(to_text(*page));
    return 0;
  };
}

}  // namespace faasc
