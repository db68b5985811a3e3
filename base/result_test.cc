#include "base/result.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

Result<int> half(int number) {
  if (number % 2) return Error{Fault::Input, "FAASC0000", "odd", {}, {}};
  return number / 2;
}

Result<int> quarter(int number) {
  FAASC_TRY(int once, half(number).during("halving").hint("double it"));
  return half(once).during("halving again");
}

TEST(Result, PassesValuesThrough) {
  EXPECT_EQ(quarter(8).value(), 2);
}

TEST(Result, CollectsContextInnermostFirst) {
  Error error = std::move(quarter(6).during("dividing")).error();
  EXPECT_EQ(error.what, "odd");
  EXPECT_EQ(error.during, (std::vector<std::string>{"halving again", "dividing"}));
  EXPECT_EQ(error.hint, "");
  EXPECT_EQ(quarter(3).error().hint, "double it");
}

TEST(Result, EveryFaultHasItsExitStatus) {
  EXPECT_EQ(exit_status(Fault::Input), 1);
  EXPECT_EQ(exit_status(Fault::Usage), 2);
  EXPECT_EQ(exit_status(Fault::Missing), 3);
  EXPECT_EQ(exit_status(Fault::Test), 4);
  EXPECT_EQ(exit_status(Fault::Guest), 5);
  EXPECT_EQ(exit_status(Fault::Host), 6);
  EXPECT_EQ(exit_status(Fault::Timeout), 7);
  EXPECT_EQ(exit_status(Fault::Io), 1);
  EXPECT_EQ(exit_status(Fault::Internal), 70);
  EXPECT_EQ(exit_status(Fault::Interrupted), 130);
}

}  // namespace
}  // namespace faasc
