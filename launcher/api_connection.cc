#include "launcher/api_connection.h"

#include <cerrno>
#include <cstring>
#include <optional>

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "base/interrupt.h"
#include "launcher/codes.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Clock = std::chrono::steady_clock;
using Stream = beast::basic_stream<asio::local::stream_protocol>;

constexpr auto kSlice = std::chrono::milliseconds(50);  // between looks at whether the user wants to stop
constexpr int kLookMs = 2;                              // between looks at whether the VMM listens
constexpr std::size_t kMostComplaint = 2000;

/// What an answer says is wrong: {"fault_message": "…"} of Firecracker's, a list of causes of Cloud
/// Hypervisor's, or text.
std::string complaint_in(const std::string& body) {
  auto json = nlohmann::json::parse(body, nullptr, false);
  std::string text;
  if (json.is_object() && json.contains("fault_message") && json["fault_message"].is_string()) {
    text = json["fault_message"].get<std::string>();
  } else if (json.is_array()) {
    for (const auto& cause : json)
      if (cause.is_string()) text += (text.empty() ? "" : ": ") + cause.get<std::string>();
  } else {
    text = body;
  }
  while (text.ends_with('\n') || text.ends_with('.')) text.pop_back();
  for (char& c : text)
    if (c == '\n') c = ' ';
  return terminal_text(text.substr(0, kMostComplaint));
}

}  // namespace

struct ApiConnection::State {
  explicit State(std::string name) : vmm(std::move(name)), stream(context) {}

  Error no_answer(const std::string& what) const {
    return {Fault::Host, kVmmSilent, vmm + " " + what, {}, "'-v' shows how it was started"};
  }

  template <typename Start>
  Result<void> transfer(Start start, std::string_view target, bool heed_interrupts) {
    bool done = false;
    beast::error_code code;
    start([&](beast::error_code result, std::size_t) {
      code = result;
      done = true;
    });
    context.restart();
    while (!done) {
      if (heed_interrupts) FAASC_CHECK(check_interrupt());
      context.run_for(kSlice);
    }
    if (!code) return {};
    return no_answer(code == beast::error::timeout
                         ? "did not answer 'PUT " + std::string(target) + "' in time"
                         : "ended the conversation at 'PUT " + std::string(target) + "': " + code.message());
  }

  Result<void> put(std::string_view target, std::string_view json, std::chrono::milliseconds timeout,
                   bool heed_interrupts) {
    http::request<http::string_body> request(http::verb::put, std::string(target), 11);
    request.set(http::field::host, "localhost");
    request.set(http::field::accept, "application/json");
    if (!json.empty()) {
      request.set(http::field::content_type, "application/json");
      request.body() = json;
    }
    request.content_length(request.body().size());
    stream.expires_after(timeout);
    FAASC_CHECK(transfer([&](auto handler) { http::async_write(stream, request, handler); }, target,
                         heed_interrupts));
    http::response<http::string_body> response;
    FAASC_CHECK(transfer([&](auto handler) { http::async_read(stream, buffer, response, handler); }, target,
                         heed_interrupts));
    if (response.result_int() / 100 == 2) return {};
    return Error{Fault::Host,
                 kVmmSaysNo,
                 vmm + " refuses 'PUT " + std::string(target) + "' with status " +
                     std::to_string(response.result_int()) + ": " + complaint_in(response.body()),
                 {},
                 "'-v' shows what it was told; 'faasc run' without '--vmm' takes QEMU"};
  }

  std::string vmm;
  asio::io_context context;
  Stream stream;
  beast::flat_buffer buffer;
};

ApiConnection::ApiConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
ApiConnection::ApiConnection(ApiConnection&&) noexcept = default;
ApiConnection& ApiConnection::operator=(ApiConnection&&) noexcept = default;
ApiConnection::~ApiConnection() = default;

Result<ApiConnection> ApiConnection::open(std::string vmm, const std::filesystem::path& socket,
                                          const Fd& ended, std::chrono::milliseconds timeout) {
  auto state = std::make_unique<State>(std::move(vmm));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.native().size() >= sizeof address.sun_path) return io_error("listen at", socket, ENAMETOOLONG);
  std::strcpy(address.sun_path, socket.c_str());
  for (auto deadline = Clock::now() + timeout;;) {
    Fd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!connection) return io_error("create", "a socket", errno);
    if (::connect(connection.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      beast::error_code code;
      state->stream.socket().assign(asio::local::stream_protocol(), connection.release(), code);
      if (code) return io_error("use", socket, code.value());
      return ApiConnection(std::move(state));
    }
    if (errno != ENOENT && errno != ECONNREFUSED) return io_error("connect to", socket, errno);
    FAASC_CHECK(check_interrupt());
    pollfd end{ended.get(), POLLIN, 0};
    if (::poll(&end, 1, kLookMs) > 0) return state->no_answer("ended before it listened");
    if (Clock::now() > deadline) return state->no_answer("does not listen at '" + socket.string() + "'");
  }
}

Result<void> ApiConnection::put(std::string_view target, std::string_view json,
                                std::chrono::milliseconds timeout) {
  return state_->put(target, json, timeout, true);
}

void ApiConnection::tell(std::string_view target, std::string_view json, std::chrono::milliseconds timeout) {
  (void)state_->put(target, json, timeout, false);
}

}  // namespace faasc
