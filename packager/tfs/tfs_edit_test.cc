#include "packager/tfs/tfs_edit.h"

#include <cstdlib>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/process.h"
#include "base/varint.h"
#include "packager/tfs/tfs_decoder.h"
#include "packager/tfs/tfs_log.h"
#include "packager/tfs/tfs_reader.h"
#include "packager/tfs/tfs_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using namespace std::string_literals;

/// The bytes of a file system with these attributes of its root and a file /app.
std::string written(const TfsTuple& attributes, const Rootfs& more = {}) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "tfs-edit").value();
  Rootfs tree = more;
  EXPECT_TRUE(tree.add("/app", {InlineBytes{"#!/bin/true\n"}, 0755, "a test"}));
  auto layout = plan_tfs(tree, {.label = "root", .attributes = attributes, .identity = {}}).value();
  fs::path path = directory.path() / "image";
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  SequentialOutput out(file, path);
  EXPECT_TRUE(write_tfs(layout, out));
  EXPECT_TRUE(out.flush());
  EXPECT_EQ(::ftruncate(file.get(), static_cast<off_t>(layout.used_bytes())), 0);
  return read_file(path).value();
}

Result<std::string> edited(const std::string& image, const TfsTuple& edit) {
  FAASC_TRY(TfsEdit changes, edit_tfs(*bytes_in_memory(image), edit));
  std::string bytes = image;
  bytes.resize(changes.size_bytes);
  for (const BytePatch& patch : changes.patches) bytes.replace(patch.offset, patch.bytes.size(), patch.bytes);
  return bytes;
}

TfsReader opened(std::string image) {
  auto reader = TfsReader::open(bytes_in_memory(std::move(image)));
  EXPECT_TRUE(reader) << to_text(reader.error(), Color::Off);
  return std::move(reader).value();
}

/// How many names, tuples and vectors the log has given an index; what a kernel that goes on counts from.
std::uint32_t entries_of(const std::string& image) {
  tfs::Graph graph;
  EXPECT_TRUE(tfs::read_log(*bytes_in_memory(image), graph));
  return graph.entry_count();
}

const TfsTuple kAttributes = {{"program", "/app"},
                              {"arguments", std::vector<TfsValue>{"/app", "-v"}},
                              {"environment", TfsTuple{{"A", "1"}, {"B", "2"}}}};

TEST(TfsEdit, MergesTuplesAndReplacesTheRest) {
  std::string before = written(kAttributes);
  std::string after = edited(before, {{"environment", TfsTuple{{"B", "two"}, {"C", "a=b"}}},
                                      {"arguments", std::vector<TfsValue>{"/app"}},
                                      {"mounts", TfsTuple{{"data", "/data"}}},
                                      {"children", TfsTuple{{"data", TfsTuple{{"children", TfsTuple{}}}}}}})
                          .value();
  EXPECT_EQ(after.size(), before.size());
  TfsReader reader = opened(after);
  EXPECT_EQ(to_text(TfsValue(reader.attributes())),
            "(arguments:[/app] environment:(A:1 B:two C:a=b) mounts:(data:/data) program:/app)");
  ASSERT_NE(reader.find("/data"), nullptr);
  EXPECT_EQ(reader.find("/data")->kind, TfsEntry::Kind::Directory);
  ASSERT_NE(reader.find("/app"), nullptr);
  EXPECT_EQ(reader.problems(), std::vector<std::string>{});
}

TEST(TfsEdit, TakesAttributesAway) {
  std::string before = written(kAttributes);
  std::string after = edited(before, {{"arguments", TfsDeletion{}},
                                      {"never_there", TfsDeletion{}},
                                      {"environment", TfsTuple{{"A", TfsDeletion{}}}}})
                          .value();
  EXPECT_EQ(to_text(TfsValue(opened(after).attributes())), "(environment:(B:2) program:/app)");
}

TEST(TfsEdit, NamesNothingTwice) {
  std::string before = written(kAttributes);
  // "program" and "A" have an index, "NEW" gets one; strings have none.
  std::string after =
      edited(before, {{"environment", TfsTuple{{"A", "x"}, {"NEW", "x"}, {"program", "x"}}}}).value();
  EXPECT_EQ(entries_of(after), entries_of(before) + 1);
  // A name that is new, in two places; and two tuples.
  after = edited(before, {{"en1", TfsTuple{{"twice", "x"}}}, {"en2", TfsTuple{{"twice", "x"}}}}).value();
  EXPECT_EQ(entries_of(after), entries_of(before) + 2 + 1 + 2);
}

TEST(TfsEdit, EditsWhatWasEdited) {
  std::string image = written(kAttributes);
  for (int i = 0; i < 5; ++i)
    image =
        edited(image, {{"environment", TfsTuple{{"N" + std::to_string(i), "x"}, {"A", std::to_string(i)}}}})
            .value();
  EXPECT_EQ(to_text(opened(image).attributes().at("environment")), "(A:4 B:2 N0:x N1:x N2:x N3:x N4:x)");
}

TEST(TfsEdit, TakesTheSamePatchesForTheSameEdit) {
  std::string image = written(kAttributes);
  TfsTuple edit = {{"environment", TfsTuple{{"Z", "1"}, {"Y", "2"}}}};
  EXPECT_EQ(edited(image, edit).value(), edited(image, edit).value());
}

TEST(TfsEdit, BeginsAnExtensionWhereTheLogIsFull) {
  // A tree whose log leaves a few bytes of its extension.
  Rootfs tree;
  std::string before;
  std::uint64_t left = 0;
  for (std::size_t names = 5000; names < 12000; names += 50) {
    Rootfs more;
    for (std::size_t i = 0; i < names; ++i) {
      std::string name = "/" + std::to_string(i);
      name.resize(80, 'x');
      EXPECT_TRUE(more.add(name, {Directory{}, 0755, "a test"}));
    }
    before = written(kAttributes, more);
    tfs::Graph graph;
    auto log = tfs::read_log(*bytes_in_memory(before), graph).value();
    const auto& last = log.extensions.back();
    left = (last.first_sector + last.sector_count) * 512 - log.end_offset;
    if (log.extensions.size() == 2 && left < 20'000) break;
  }
  ASSERT_LT(left, 20'000u) << "no tree fills the extension";
  std::string after = edited(before, {{"environment", TfsTuple{{"BIG", std::string(left, 'b')}}}}).value();
  EXPECT_EQ(after.size(), before.size() + 512 * 1024);
  TfsReader reader = opened(after);
  EXPECT_EQ(reader.log_extensions().size(), 3u);
  EXPECT_EQ(reader.attributes().at("environment"),
            TfsValue(TfsTuple{{"A", "1"}, {"B", "2"}, {"BIG", std::string(left, 'b')}}));
  EXPECT_EQ(reader.problems(), std::vector<std::string>{});
  // What fits in the new extension goes there.
  std::string again = edited(after, {{"environment", TfsTuple{{"C", "3"}}}}).value();
  EXPECT_EQ(again.size(), after.size());
}

std::string pad(std::string bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

TEST(TfsEdit, GoesOnInVersion5AfterALogOfVersion4) {
  // (children:() environment:(A:1)) in version 4: a tuple of two is 0xc2, a name of eight bytes 0x88.
  std::string record =
      "\xc2\x88"
      "children\xc0\x8b"
      "environment\xc1\x81"
      "A\x81"
      "1";
  std::string image =
      pad("NVMTFS\4\1" + "0123456789abcdef\0\5\1\1\1"s, 512) +
      pad("NVMTFS\4\1\2" + std::string(2, static_cast<char>(record.size())) + record + "\1", 512);
  std::string after = edited(image, {{"environment", TfsTuple{{"B", "2"}}}}).value();
  EXPECT_EQ(after.size(), 1024u + 512 * 1024);
  TfsReader reader = opened(after);
  EXPECT_EQ(to_text(TfsValue(reader.attributes())), "(environment:(A:1 B:2))");
  EXPECT_EQ(reader.log_extensions().back().version, 5u);
}

TEST(TfsEdit, RefusesWhatHasNoRoom) {
  std::string image = written(kAttributes);
  auto refused = edited(image, {{"environment", TfsTuple{{"A", std::string(600 * 1024, 'x')}}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: an edit of 614410 bytes does not fit into the log [FAASC0741]\n"
            "  hint: build the image again\n");

  // An extension that is full up to its end mark, which nobody writes: (pad:pppp…), and segments without
  // anything.
  std::string value =
      "\x91\x83"
      "pad\xcb\x60" +
      std::string(480, 'p');
  std::string size;
  append_varint(size, value.size());
  std::string extension = "NVMTFS\5\1\2" + size + size + value;
  std::string full = pad("NVMTFS\5\1" + "0123456789abcdef\0\5\1\1\1"s, 512) + extension +
                     std::string(512 - extension.size() - 1, '\4') + "\1";
  auto no_link = edited(full, {{"a", "b"}});
  ASSERT_FALSE(no_link);
  EXPECT_EQ(to_text(no_link.error(), Color::Off),
            "faasc: error: the log ends where it is full, without room for a link [FAASC0741]\n"
            "  hint: build the image again\n");
}

TEST(TfsEdit, RefusesEveryTruncationOfTheLog) {
  std::string image = written(kAttributes);
  tfs::Graph graph;
  auto log = tfs::read_log(*bytes_in_memory(image), graph).value();
  for (std::size_t n = 0; n <= log.end_offset; ++n)
    EXPECT_FALSE(edit_tfs(*bytes_in_memory(image.substr(0, n)), {{"a", "b"}})) << n;
}

TEST(TfsEdit, IsReadByNanosOwnTool) {
  const char* dump = std::getenv("FAASC_NANOS_DUMP");
  if (!dump) GTEST_SKIP() << "FAASC_NANOS_DUMP does not name Nanos' dump";
  auto directory = TemporaryDirectory::create(testing::TempDir(), "tfs-edit").value();
  fs::path path = directory.path() / "image";
  ASSERT_TRUE(write_file(
      path, edited(written(kAttributes),
                   {{"environment", TfsTuple{{"B", "two"}, {"C", "three"}}}, {"arguments", TfsDeletion{}}})
                .value()));
  auto finished = run({.argv = {dump, path.string()}});
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->status.ok()) << finished->err;
  for (const char* part : {"A:1", "B:two", "C:three"}) EXPECT_THAT(finished->out, HasSubstr(part));
  EXPECT_THAT(finished->out, Not(HasSubstr("arguments")));
}

}  // namespace
}  // namespace faasc
