#include "compiler/python/framework_requirements.h"

namespace faasc::python {
namespace {

void append(std::vector<std::string>& to, std::initializer_list<const char*> lines) {
  to.insert(to.end(), lines.begin(), lines.end());
}

}  // namespace

FrameworkParts parts_of_kind(std::string_view kind, bool asynchronous) {
  return {.flask = kind == "http" && !asynchronous, .starlette = kind == "http" && asynchronous};
}

std::vector<std::string> pinned_requirements(const FrameworkParts& parts) {
  std::vector<std::string> lines;
  if (parts.flask)
    append(lines,
           {"blinker==1.8.2", "click==8.1.8", "flask==3.0.3",
            "importlib-metadata==8.5.0; python_version < \"3.10\"", "itsdangerous==2.2.0", "jinja2==3.1.6",
            "markupsafe==2.1.5; python_version < \"3.9\"", "markupsafe==3.0.2; python_version >= \"3.9\"",
            "werkzeug==3.0.6", "zipp==3.20.2; python_version < \"3.10\""});
  if (parts.starlette)
    append(lines, {"anyio==4.5.2", "exceptiongroup==1.2.2; python_version < \"3.11\"", "idna==3.10",
                   "sniffio==1.3.1", "starlette==0.44.0; python_version < \"3.10\"",
                   "starlette==1.0.1; python_version >= \"3.10\"",
                   "typing-extensions==4.13.2; python_version < \"3.13\""});
  return lines;
}

std::vector<std::string> framework_requirements(const FrameworkParts& parts) {
  std::vector<std::string> lines;
  if (parts.flask) append(lines, {"flask>=2.0,<4.0", "werkzeug>=0.14,<4.0"});
  if (parts.starlette)
    append(lines, {"starlette>=0.37.0,<1.0; python_version < \"3.10\"",
                   "starlette>=1.0.1,<2.0; python_version >= \"3.10\""});
  if (parts.events) append(lines, {"cloudevents>=1.11.0,<2.0.0"});
  return lines;
}

}  // namespace faasc::python
