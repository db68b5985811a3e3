#include "compiler/driver/progress.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

using std::chrono::milliseconds;

struct Screen {
  std::string out, err;
  std::chrono::steady_clock::time_point now;

  Console::Sinks sinks(bool terminal) {
    return {.out = [this](std::string_view text) -> Result<void> { return out += text, Result<void>(); },
            .err = [this](std::string_view text) -> Result<void> { return err += text, Result<void>(); },
            .err_is_terminal = terminal,
            .columns = [] { return 20; }};
  }
  Progress::Clock clock() {
    return [this] { return now; };
  }
};

TEST(Progress, WritesPlainLinesWithoutATerminal) {
  Screen screen;
  Console console(screen.sinks(false));
  Progress progress(console, screen.clock());
  Progress::Step one = progress.start("compiling a.cc");
  Progress::Step two = progress.start("compiling b.cc");
  screen.now += milliseconds(1250);
  one.done();
  two.fail();
  {
    Progress::Step three = progress.start("linking");
  }
  progress.summarize();
  EXPECT_EQ(screen.err,
            "faasc: compiling a.cc\n"
            "faasc: compiling b.cc\n"
            "faasc: failed compiling b.cc (1.2s)\n"
            "faasc: linking\n");
  EXPECT_EQ(screen.out, "");
}

TEST(Progress, SumsUpWhenVerbose) {
  Screen screen;
  Console console(screen.sinks(true));  // verbose output is lines, on a terminal too
  console.set_verbosity(Verbosity::Verbose);
  Progress progress(console, screen.clock());
  Progress::Step quick = progress.start("compiling a.cc");
  screen.now += milliseconds(100);
  quick.done();
  Progress::Step slow = progress.start("linking");
  screen.now += milliseconds(12'340);
  slow.done();
  progress.summarize();
  EXPECT_EQ(screen.err,
            "faasc: compiling a.cc\n"
            "faasc: done compiling a.cc (0.1s)\n"
            "faasc: linking\n"
            "faasc: done linking (12.3s)\n"
            "faasc: the time went into\n"
            "   12.3s  linking\n"
            "    0.1s  compiling a.cc\n");
}

TEST(Progress, SaysOnATerminalWhatTookLong) {
  Screen screen;
  Console console(screen.sinks(true));
  {
    Progress progress(console, screen.clock());
    for (auto [what, time] : {std::pair{"compiling a.cc", 1340}, {"linking", 210}, {"stripping", 40}}) {
      Progress::Step step = progress.start(what);
      screen.now += milliseconds(time);
      step.done();
    }
    progress.summarize();
  }
  EXPECT_NE(screen.err.find("faasc: took 1.3s compiling a.cc, 0.2s linking\n"), std::string::npos)
      << screen.err;
}

TEST(Progress, SaysNothingAboutWhatWasQuick) {
  Screen screen;
  Console console(screen.sinks(true));
  Progress progress(console, screen.clock());
  Progress::Step step = progress.start("linking");
  screen.now += milliseconds(900);
  step.done();
  progress.summarize();
  EXPECT_EQ(screen.err.find("took"), std::string::npos) << screen.err;
}

TEST(Progress, SaysNothingWhenQuiet) {
  Screen screen;
  Console console(screen.sinks(false));
  console.set_verbosity(Verbosity::Quiet);
  Progress progress(console, screen.clock());
  progress.start("compiling a.cc").fail();
  progress.summarize();
  EXPECT_EQ(screen.err, "");
}

TEST(Console, KeepsLiveLinesBelowEverythingElse) {
  Screen screen;
  Console console(screen.sinks(true));
  console.set_live_lines({"1.0s compiling a file with a long name", "0.1s ä"});
  EXPECT_EQ(screen.err, "1.0s compiling a fi\n0.1s ä\n");
  screen.err.clear();
  console.say("hello");
  EXPECT_EQ(screen.err, "\x1b[1A\x1b[2K\x1b[1A\x1b[2K\rfaasc: hello\n1.0s compiling a fi\n0.1s ä\n");
  screen.err.clear();
  console.print("product\n");
  EXPECT_EQ(screen.err, "\x1b[1A\x1b[2K\x1b[1A\x1b[2K\r");
  EXPECT_EQ(screen.out, "product\n");
  screen.err.clear();
  console.set_live_lines({"x"});
  console.set_live_lines({});
  EXPECT_EQ(screen.err, "x\n\x1b[1A\x1b[2K\r");
}

TEST(Console, ShowsNoLiveLinesWithoutATerminal) {
  Screen screen;
  Console console(screen.sinks(false));
  console.set_live_lines({"x"});
  EXPECT_EQ(screen.err, "");
}

}  // namespace
}  // namespace faasc
