#include "launcher/guest_console.h"

#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "launcher/console_printer.h"

namespace faasc {
namespace {

using testing::ElementsAre;

/// What a listener heard: "P:text" for the program, "K:text" for the kernel, "…" at the end of an incomplete
/// piece.
struct Heard {
  std::vector<std::string> lines;
  GuestConsole::Listener listener() {
    return [this](const ConsoleLine& line) {
      lines.push_back((line.source == ConsoleLine::Source::Kernel ? "K:" : "P:") + std::string(line.text) +
                      (line.complete ? "" : "…"));
    };
  }
};

TEST(GuestConsole, CutsLinesHoweverTheyArrive) {
  const std::string text = "one\n\ntwo\r\nthree\r\r\n\rfour\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Heard heard;
    GuestConsole console(heard.listener());
    for (std::size_t at = 0; at < text.size(); at += size)
      console.feed(std::string_view(text).substr(at, size));
    EXPECT_THAT(heard.lines, ElementsAre("P:one", "P:", "P:two", "P:three\r", "P:\rfour")) << size;
    EXPECT_EQ(console.tail(), text);
    EXPECT_EQ(console.position(), text.size());
    EXPECT_FALSE(console.has_unfinished_line());
  }
}

TEST(GuestConsole, UnfinishedLinesAreShownWhenAsked) {
  Heard heard;
  GuestConsole console(heard.listener());
  console.feed("name? ");
  EXPECT_TRUE(console.has_unfinished_line());
  console.flush();
  console.flush();
  console.feed("Ada\nnext\n");
  EXPECT_THAT(heard.lines, ElementsAre("P:name? …", "P:Ada", "P:next"));
}

TEST(GuestConsole, TellsTheKernelFromTheProgram) {
  Heard heard;
  GuestConsole console(heard.listener());
  console.feed(
      "[0.062486] en1: assigned 10.0.2.15\n"
      "[    0.123456] Linux version 6.1\n"
      "[12.345] a program's own\n"
      "[1.2345678] another\n"
      "[x.062486] another\n"
      "[0.062486]no blank\n"
      "[..062486] dots\n"
      "faasc-init: program exited with status 0\n"
      "program startup failed on exec: (result:unable to open program file /x)\n"
      "*** signal 11, says the program\n"
      "*** signal 11 received by tid 2, errno 0, code 1\n"
      "   rip: 0\n");
  EXPECT_THAT(
      heard.lines,
      ElementsAre("K:[0.062486] en1: assigned 10.0.2.15", "K:[    0.123456] Linux version 6.1",
                  "P:[12.345] a program's own", "P:[1.2345678] another", "P:[x.062486] another",
                  "P:[0.062486]no blank", "P:[..062486] dots", "K:faasc-init: program exited with status 0",
                  "K:program startup failed on exec: (result:unable to open program file /x)",
                  "P:*** signal 11, says the program", "K:*** signal 11 received by tid 2, errno 0, code 1",
                  "K:   rip: 0"));
}

TEST(GuestConsole, PiecesBelongToTheirLine) {
  Heard heard;
  GuestConsole console(heard.listener());
  console.feed("[0.062486] half ");
  console.flush();
  console.feed("a line\nprogram\n");
  EXPECT_THAT(heard.lines, ElementsAre("K:[0.062486] half …", "K:a line", "P:program"));
}

TEST(GuestConsole, MemoryIsBounded) {
  std::size_t longest = 0, bytes = 0;
  GuestConsole console(
      [&](const ConsoleLine& line) {
        longest = std::max(longest, line.text.size()), bytes += line.text.size();
      },
      1000);
  std::string flood(1 << 20, 'x');  // no line end at all
  for (int i = 0; i < 16; ++i) console.feed(flood);
  console.flush();
  EXPECT_EQ(bytes, flood.size() * 16);
  EXPECT_EQ(longest, GuestConsole::kLongestPiece);
  EXPECT_EQ(console.tail(), std::string(1000, 'x'));
  EXPECT_EQ(console.position(), flood.size() * 16);
  for (int i = 0; i < 5000; ++i) console.feed("line " + std::to_string(i) + "\n");
  EXPECT_EQ(console.tail().size(), 1000u);
  EXPECT_TRUE(console.tail().ends_with("line 4998\nline 4999\n"));
}

TEST(GuestConsole, WhatCameSinceAPlace) {
  GuestConsole console({}, 20);
  console.feed("before\n");
  std::uint64_t place = console.position();
  EXPECT_EQ(console.since(place), "");
  console.feed("after\n");
  EXPECT_EQ(console.since(place), "after\n");
  EXPECT_EQ(console.since(place + 1000), "");
  console.feed("0123456789012345678901234567890\n");
  EXPECT_EQ(console.since(place), "2345678901234567890\n") << "what is no longer kept is left out";
}

TEST(GuestConsole, LastLines) {
  GuestConsole console({});
  EXPECT_THAT(console.last_lines(3), ElementsAre());
  console.feed("one\n\ntwo\r\n\x1b[2Jthree\nunfinished");
  EXPECT_THAT(console.last_lines(2), ElementsAre("^[[2Jthree", "unfinished"));
  EXPECT_THAT(console.last_lines(9), ElementsAre("one", "", "two", "^[[2Jthree", "unfinished"));
  console.feed("\n" + std::string(1000, 'x') + "\n");
  EXPECT_THAT(console.last_lines(1), ElementsAre(std::string(400, 'x') + " …"));
}

TEST(ConsolePrinter, AFileGetsEveryByte) {
  char name[] = "/tmp/consoleXXXXXX";
  Fd file(::mkstemp(name));
  ASSERT_TRUE(file);
  std::string text("\x1b[2J\0\xff\r", 7);
  ConsolePrinter printer(file.get());
  printer.print({text, false, {}});
  printer.print({"rest", true, {}});
  EXPECT_EQ(read_file(name).value(), text + "rest\n");
  ::unlink(name);
}

TEST(ConsolePrinter, ATerminalIsProtected) {
  Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
    GTEST_SKIP() << "no pseudo terminals here";
  Fd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal);
  ConsolePrinter(terminal.get()).print({"\x1b]0;owned\a \x1b[31mred", true, {}});
  char buffer[256];
  ssize_t count = ::read(master.get(), buffer, sizeof buffer);
  ASSERT_GT(count, 0);
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(count)), "^[]0;owned^G \x1b[31mred\x1b[0m\r\n");
}

TEST(ConsolePrinter, AReaderThatHasGoneIsNoTrouble) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fd out(ends[1]);
  ::close(ends[0]);
  auto before = ::signal(SIGPIPE, SIG_IGN);
  ConsolePrinter printer(out.get());
  printer.print({"into the void", true, {}});
  printer.print({"again", true, {}});
  ::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace faasc
