#pragma once

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <sys/types.h>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/machine.h"
#include "tests/boot/guest_image.h"

namespace faasc {

/// Declares `image`, or skips the test where this host lacks what it is made from.
#define MAKE_GUEST(image, ...)                                                             \
  auto image = GuestImage::make(__VA_ARGS__);                                              \
  if (!image && image.error().fault == Fault::Missing) GTEST_SKIP() << image.error().what; \
  ASSERT_TRUE(image) << image.error().what

inline StartOptions emulated() {
  StartOptions options;
  options.boot.accelerator = AcceleratorChoice::Tcg;
  return options;
}

inline std::string text_of(const Error& error) {
  return to_text(error, Color::Off);
}

inline bool lives(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);  // of a process that ends meanwhile, reading fails: ESRCH
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

/// Whether a process comes to its end that nobody waits for; given all the time that a busy host may take.
inline bool dies(pid_t pid) {
  for (auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1); lives(pid);) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace faasc
