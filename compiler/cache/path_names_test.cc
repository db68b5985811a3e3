#include "compiler/cache/path_names.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

PathNames names() {
  PathNames names;
  names.add("project", "/home/ada/shop");
  names.add("work", "/home/ada/shop/build/.faasc/shop/");
  return names;
}

TEST(PathNames, StandInWherePathsBegin) {
  const std::pair<const char*, const char*> cases[] = {
      {"/home/ada/shop", "{faasc:project}"},
      {"/home/ada/shop/a.cc", "{faasc:project}/a.cc"},
      {"/home/ada/shop/build/.faasc/shop/main.cc", "{faasc:work}/main.cc"},
      {"-I/home/ada/shop/include", "-I{faasc:project}/include"},
      {"-ffile-prefix-map=/home/ada/shop=.", "-ffile-prefix-map={faasc:project}=."},
      {"cannot read '/home/ada/shop/x'", "cannot read '{faasc:project}/x'"},
      // Neither another directory nor a part of one.
      {"/home/ada/shopping/a.cc", "/home/ada/shopping/a.cc"},
      {"/mnt/home/ada/shop/a.cc", "/mnt/home/ada/shop/a.cc"},
      {"x/home/ada/shop", "x/home/ada/shop"},
  };
  for (const auto& [path, name] : cases) {
    EXPECT_EQ(names().with_names(path), name);
    EXPECT_EQ(names().with_paths(name), path);
  }
}

TEST(PathNames, OfPathsAsSuch) {
  EXPECT_EQ(names().name_of("/home/ada/shop/a.cc"), "{faasc:project}/a.cc");
  EXPECT_EQ(names().path_of("{faasc:work}/main.o"), "/home/ada/shop/build/.faasc/shop/main.o");
  EXPECT_EQ(names().name_of("/usr/include/stdio.h"), "/usr/include/stdio.h");
}

TEST(PathNames, InJsonAreFoundInEveryString) {
  PathNames quoted;
  quoted.add("project", "/a \"b\"");
  const std::string json = R"({"file":["/a \"b\"/x.cc",1]})";
  const std::string named = R"({"file":["{faasc:project}/x.cc",1]})";
  EXPECT_EQ(quoted.json_with_names(json), named);
  EXPECT_EQ(quoted.json_with_paths(named), json);
  EXPECT_EQ(quoted.json_with_names("no JSON"), "");
}

TEST(PathNames, TheRootStandsForItself) {
  PathNames root;
  root.add("project", "/");
  EXPECT_EQ(root.with_names("/usr/include"), "/usr/include");
}

}  // namespace
}  // namespace faasc
