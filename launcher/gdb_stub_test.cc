#include "launcher/gdb_stub.h"

#include <memory>
#include <thread>
#include <tuple>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

TEST(GdbStub, FramesPackets) {
  EXPECT_EQ(framed("OK"), "$OK#9a");
  EXPECT_EQ(framed(""), "$#00");
  EXPECT_EQ(framed("a$b#c}d*"),
            "$a}\x04"
            "b}\x03"
            "c}]d}\n#ec");
}

// A stub that answers each packet with the next of its answers.
class MadeStub {
 public:
  explicit MadeStub(std::vector<std::string> answers)
      : directory_(std::move(TemporaryDirectory::create(testing::TempDir(), "stub")).value()),
        listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().string().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::listen(listener_.get(), 1);
    thread_ = std::thread([this, answers = std::move(answers)] { serve(answers); });
  }
  ~MadeStub() { thread_.join(); }
  std::filesystem::path path() const { return directory_.path() / "gdb"; }
  std::string asked() {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

 private:
  void serve(const std::vector<std::string>& answers) {
    Fd client(::accept(listener_.get(), nullptr, nullptr));
    std::string received;
    for (const std::string& answer : answers) {
      std::size_t end;
      while ((end = received.find('#')) == std::string::npos || end + 2 >= received.size()) {
        char buffer[256];
        ssize_t count = ::read(client.get(), buffer, sizeof buffer);
        if (count <= 0) return;
        received.append(buffer, static_cast<std::size_t>(count));
      }
      asked_ += received.substr(received.find('$') + 1, end - received.find('$') - 1) + "\n";
      received.erase(0, end + 3);
      std::string sent = "+" + answer;
      // In pieces, as a stream is free to come.
      for (char c : sent) EXPECT_EQ(::write(client.get(), &c, 1), 1);
    }
  }

  TemporaryDirectory directory_;
  Fd listener_;
  std::thread thread_;
  std::string asked_;
};

TEST(GdbStub, RunsToAnAddressOfTheRightProgram) {
  MadeStub made({framed("OK"), framed("T05thread:01;"), framed("OK"), framed("cccc"), framed("S05"),
                 framed("OK"), framed("T05thread:01;"), framed("OK"), framed("c3cc")});
  auto stub = GdbStub::connect(made.path());
  ASSERT_TRUE(stub) << stub.error().what;
  auto ran = stub->run_to(0x401000, "\xc3\xcc", std::chrono::seconds(5), [] { return true; });
  EXPECT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(made.asked(),
            "Z1,401000,1\nc\nz1,401000,1\nm401000,2\ns\nZ1,401000,1\nc\nz1,401000,1\nm401000,2\n");
}

TEST(GdbStub, TellsWhyItDidNotGetThere) {
  using Answers = std::vector<std::string>;
  for (auto [answers, runs, said] : std::vector<std::tuple<Answers, bool, std::string>>{
           {{framed("")}, true, "QEMU's debugging stub sets no breakpoints: ''"},
           {{framed("OK"), framed("W00")}, true, "the guest has ended before its program began"},
           {{framed("OK"), "", ""}, false, "the guest has ended before its program began"},
           {{framed("OK"), "", ""}, true, "the guest's program has not begun in time"},
           {{framed("OK"), ""}, true, "QEMU's debugging stub has gone"}}) {
    auto made = std::make_unique<MadeStub>(answers);
    {
      auto stub = GdbStub::connect(made->path());
      ASSERT_TRUE(stub);
      auto ran = stub->run_to(1, "x", std::chrono::milliseconds(1), [runs = runs] { return runs; });
      ASSERT_FALSE(ran);
      EXPECT_EQ(to_text(ran.error(), Color::Off), "faasc: error: " + said + " [FAASC0766]\n");
    }
  }
}

TEST(GdbStub, ReadsMemoryAndAsksTheMonitor) {
  MadeStub made({framed("4142430000000000"), framed("0102030405060708"), framed("E14"), "$0*\"00#00",
                 framed("O"
                        "6162") +
                     framed("O0a") + framed("OK")});
  auto stub = GdbStub::connect(made.path());
  ASSERT_TRUE(stub);
  EXPECT_EQ(stub->read_text(0x38).value(), "ABC");
  EXPECT_EQ(stub->read_word(0x10).value(), 0x0807060504030201u);
  EXPECT_EQ(stub->read_word(0x10).value(), std::nullopt);
  EXPECT_EQ(stub->read(1, 4).value(), std::string(4, '\0'));  // a run of one character
  EXPECT_EQ(stub->ask_monitor("info registers").value(), "ab\n");
  EXPECT_EQ(made.asked(), "m38,8\nm10,8\nm10,8\nm1,4\nqRcmd,696e666f20726567697374657273\n");
}

}  // namespace
}  // namespace faasc
