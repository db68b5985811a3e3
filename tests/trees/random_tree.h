#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "packager/rootfs/rootfs.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Adds a tree of files below `top` ("/t007"), always the same one for a seed: names of many scripts, with
/// spaces and signs, long ones; files from nothing to several extents, symbolic and hard links, empty
/// directories. No path is longer than upstream's tools can take.
void add_random_tree(std::uint32_t seed, const std::string& top, Rootfs& rootfs);

/// One line for each path, in byte order, by which trees are compared: "d PATH", "l PATH TARGET",
/// "f PATH SIZE FNV-1a-64", with everything but letters and digits of ASCII as %xx in paths and targets.
std::vector<std::string> lines_of(const Rootfs& rootfs);
std::vector<std::string> lines_of(const StoredTree& tree);

/// The same notation of a name's bytes, and the digest, for other listings.
std::string escaped(std::string_view text);
std::string file_line(std::string_view path, std::string_view bytes);

/// How many trees a test is to make: what FAASC_RANDOM_TREES in the environment says, a few by default.
std::uint32_t tree_count();
/// "/t007"
std::string top_of(std::uint32_t seed);
/// What only one of two sorted lists of lines has, in short: thousands of lines would hide it. Empty:
/// nothing.
std::string first_difference(const std::vector<std::string>& expected, const std::vector<std::string>& found);

/// The names of each file that has several, sorted: "/a /b".
std::vector<std::string> link_groups(const Rootfs& rootfs);
std::vector<std::string> link_groups(const StoredTree& tree);

}  // namespace faasc
