#include "src/beast_parser.h"

#include <cstdlib>
#include <exception>

#include <boost/beast/core/impl/string.ipp>
#include <boost/beast/http/detail/basic_parser.ipp>
#include <boost/beast/http/detail/rfc7230.ipp>
#include <boost/beast/http/impl/basic_parser.ipp>
#include <boost/beast/http/impl/error.ipp>
#include <boost/beast/http/impl/rfc7230.ipp>
#include <boost/beast/http/impl/verb.ipp>

namespace boost {

// Declared in throw_exception.hpp, for whoever compiles without exceptions.
void throw_exception(std::exception const&) {
  std::abort();
}
void throw_exception(std::exception const&, source_location const&) {
  std::abort();
}

namespace beast::http {

// Declared in beast/http/field.hpp.
field string_to_field(string_view name) {
  switch (name.size()) {
    case 7:
      return iequals(name, "Upgrade") ? field::upgrade : field::unknown;
    case 10:
      return iequals(name, "Connection") ? field::connection : field::unknown;
    case 14:
      return iequals(name, "Content-Length") ? field::content_length : field::unknown;
    case 16:
      return iequals(name, "Proxy-Connection") ? field::proxy_connection : field::unknown;
    case 17:
      return iequals(name, "Transfer-Encoding") ? field::transfer_encoding : field::unknown;
    default:
      return field::unknown;
  }
}

template class basic_parser<true>;

}  // namespace beast::http
}  // namespace boost
