#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <tuple>

#include <sys/stat.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/convert.h"
#include "packager/disk/formats/qcow2_disk.h"
#include "packager/disk/formats/qcow2_overlay.h"

// Every format, by the same table: what we write we read back, qemu-img and the format's own tools accept it,
// the same disk gives the same bytes, and no damaged file does more than be refused.

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

struct Case {
  DiskFormat format;
  const char* qemu;    // what qemu-img calls it; null: it does not know it
  bool qemu_checks;    // whether 'qemu-img check' knows the format
  std::uint64_t unit;  // that the disk's size is rounded up to
};
const Case kCases[] = {
    {DiskFormat::Qcow2, "qcow2", true, 512},   {DiskFormat::Vmdk, "vmdk", true, 64 * kKiB},
    {DiskFormat::Vhd, "vpc", false, kMiB},     {DiskFormat::Vhdx, "vhdx", true, 512},
    {DiskFormat::RawZst, nullptr, false, 512},
};

class Formats : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "formats-");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  fs::path at(const std::string& name) const { return directory_->path() / name; }

  // A sparse file of `size` bytes with noise in some places, text in others.
  fs::path make_raw(const std::string& name, std::uint64_t size,
                    const std::vector<std::pair<std::uint64_t, std::size_t>>& pieces) {
    fs::path path = at(name);
    Fd file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644));
    EXPECT_EQ(::ftruncate(file.get(), static_cast<off_t>(size)), 0);
    std::mt19937 random(7);
    for (auto [offset, count] : pieces) {
      std::string bytes(count, '\0');
      for (char& c : bytes) c = static_cast<char>(offset % 3 == 0 ? "abcdef\n"[random() % 7] : random());
      EXPECT_TRUE(write_all_at(file, bytes, offset, path));
    }
    return path;
  }

  Finished qemu_img(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "qemu-img");
    auto finished = run({.argv = arguments, .working_directory = {}, .environment = {}});
    EXPECT_TRUE(finished) << finished.error().what;
    return finished ? *finished : Finished{};
  }

  std::optional<TemporaryDirectory> directory_;
};

std::string contents_of(const DiskContents& disk) {
  std::string bytes(disk.size(), '\0');
  EXPECT_TRUE(disk.read_at(0, bytes.data(), bytes.size()));
  return bytes;
}

std::uint64_t allocated(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// The shapes of disks that formats stumble over: nothing, one sector, the end in the middle of a block, data
// at both sides of a table's edge.
struct Shape {
  const char* name;
  std::uint64_t size;
  std::vector<std::pair<std::uint64_t, std::size_t>> pieces;
};
const Shape kShapes[] = {
    {"empty", 4 * kMiB, {}},
    {"one sector", 512, {{0, 512}}},
    {"odd end", 3 * kMiB + 5 * 512, {{0, 4096}, {3 * kMiB, 5 * 512}}},
    {"spread", 520 * kMiB, {{0, 700}, {100 * kKiB, 200 * kKiB}, {512 * kMiB - 3, 7}, {519 * kMiB, 4096}}},
    {"beyond 4 GiB", 4 * kGiB + kMiB, {{4 * kGiB - 10, 100}, {4 * kGiB + kMiB - 1, 1}}},
};

TEST_F(Formats, AreReadBackAndAcceptedByQemu) {
  if (!find_program("qemu-img")) GTEST_SKIP() << "no qemu-img here";
  for (const Shape& shape : kShapes) {
    fs::path raw = make_raw("raw", shape.size, shape.pieces);
    for (const Case& c : kCases) {
      SCOPED_TRACE(std::string(name_of(c.format)) + ", " + shape.name);
      bool large = shape.size > kGiB;
      // A stream has no tables that could overflow, and takes its time over gigabytes of zeros.
      if (c.format == DiskFormat::RawZst && large) continue;
      fs::path file = at("file"), back = at("back");
      auto written = convert_image(raw, c.format, file);
      ASSERT_TRUE(written) << written.error().what;
      EXPECT_EQ(written->size_bytes, fs::file_size(file));
      EXPECT_EQ(format_of_file(file).value(), c.format);

      if (c.qemu_checks) {
        Finished check = qemu_img({"check", "-f", c.qemu, file});
        EXPECT_EQ(check.status.code, 0) << check.out << check.err;
      }
      // qemu-img goes over every block of these, be it a hole, which takes it seconds for a large disk.
      bool slow = large && (c.format == DiskFormat::Vmdk || c.format == DiskFormat::Vhdx);
      if (c.qemu && !slow) {
        Finished compare = qemu_img({"compare", "-f", "raw", "-F", c.qemu, raw, file});
        EXPECT_EQ(compare.status.code, 0) << compare.out << compare.err;
      }

      ASSERT_TRUE(convert_image(file, DiskFormat::Raw, back));
      EXPECT_EQ(fs::file_size(back), (shape.size + c.unit - 1) / c.unit * c.unit);
      EXPECT_LE(allocated(back), allocated(raw) + 64 * kKiB);
      Finished compare = qemu_img({"compare", "-f", "raw", "-F", "raw", raw, back});
      EXPECT_EQ(compare.status.code, 0) << compare.out << compare.err;
    }
  }
}

TEST_F(Formats, GiveTheSameBytesForTheSameDisk) {
  const std::uint64_t size = 40 * kMiB;
  fs::path sparse = make_raw("sparse", size, {{0, 5000}, {20 * kMiB, 300 * kKiB}});
  // The same disk without a single hole.
  fs::path full = at("full");
  std::string bytes = read_file(sparse).value();
  ASSERT_TRUE(write_file(full, bytes));
  for (const Case& c : kCases) {
    SCOPED_TRACE(name_of(c.format));
    ASSERT_TRUE(convert_image(sparse, c.format, at("one")));
    ASSERT_TRUE(convert_image(full, c.format, at("two")));
    EXPECT_EQ(to_hex(sha256_of_file(at("one")).value()), to_hex(sha256_of_file(at("two")).value()));
    EXPECT_LE(allocated(at("two")), 2 * kMiB);
  }
}

TEST_F(Formats, ReadWhatQemuWrites) {
  if (!find_program("qemu-img")) GTEST_SKIP() << "no qemu-img here";
  fs::path raw = make_raw("raw", 70 * kMiB, {{0, 5000}, {20 * kMiB, 300 * kKiB}, {69 * kMiB, 512}});
  struct Foreign {
    std::vector<std::string> options;
  };
  const Foreign kForeign[] = {
      {{"-O", "qcow2"}},
      {{"-O", "qcow2", "-c"}},
      {{"-O", "qcow2", "-o", "compat=0.10,cluster_size=512"}},
      {{"-O", "qcow2", "-o", "cluster_size=2M"}},
      {{"-O", "vmdk"}},
      {{"-O", "vmdk", "-o", "subformat=streamOptimized"}},
      {{"-O", "vpc"}},
      {{"-O", "vpc", "-o", "subformat=fixed,force_size=on"}},
      {{"-O", "vhdx"}},
      {{"-O", "vhdx", "-o", "subformat=fixed,block_size=8M"}},
  };
  for (const Foreign& foreign : kForeign) {
    std::vector<std::string> arguments = {"convert", "-f", "raw"};
    arguments.insert(arguments.end(), foreign.options.begin(), foreign.options.end());
    SCOPED_TRACE(to_shell(arguments));
    arguments.insert(arguments.end(), {raw, at("file")});
    Finished converted = qemu_img(arguments);
    ASSERT_EQ(converted.status.code, 0) << converted.err;
    auto back = convert_image(at("file"), DiskFormat::Raw, at("back"));
    ASSERT_TRUE(back) << back.error().what;
    Finished compare = qemu_img({"compare", "-f", "raw", "-F", "raw", raw, at("back")});
    EXPECT_EQ(compare.status.code, 0) << compare.out << compare.err;
  }
}

// What a damaged file must never do is crash or read out of bounds, which sanitizers would see.
void expect_refused_or_same(const fs::path& path, const std::string& expected, bool must_refuse) {
  auto opened = open_disk(path);
  Result<void> outcome;
  std::string bytes;
  if (opened) {
    // A header may say that the disk is huge.
    if ((*opened)->size() > 64 * kMiB) return;
    bytes.resize((*opened)->size());
    outcome = (*opened)->read_at(0, bytes.data(), bytes.size());
  }
  if (opened && outcome) {
    EXPECT_TRUE(!must_refuse || bytes.substr(0, expected.size()) == expected) << "accepted as another disk";
    return;
  }
  const Error& error = opened ? outcome.error() : opened.error();
  EXPECT_TRUE(error.code == kFormatDamaged || error.code == kFormatUnsupported || error.code == "FAASC0903" ||
              error.code == kFormatTooLarge)
      << error.code << ": " << error.what;
}

TEST_F(Formats, RefuseEveryTruncation) {
  fs::path raw = make_raw("raw", 300 * kKiB, {{0, 600}, {200 * kKiB, 700}, {299 * kKiB, 1024}});
  std::string expected = read_file(raw).value();
  for (const Case& c : kCases) {
    SCOPED_TRACE(name_of(c.format));
    fs::path file = at("file");
    ASSERT_TRUE(convert_image(raw, c.format, file));
    std::uint64_t whole = fs::file_size(file);
    // Every length where something is, and some in the zeros between.
    std::string bytes = read_file(file).value();
    std::uint64_t step = 1;
    for (std::uint64_t length = whole - 1; length > 8; length -= std::min(length, step)) {
      ASSERT_EQ(::truncate(file.c_str(), static_cast<off_t>(length)), 0);
      SCOPED_TRACE("the first " + std::to_string(length) + " bytes");
      // A file that has lost its last bytes may still hold all of the disk; it must not give another one.
      if (format_of_file(file).value() != DiskFormat::Raw) expect_refused_or_same(file, expected, true);
      std::string_view rest(bytes.data(), length);
      step = is_all_zeros(rest.substr(length - std::min<std::uint64_t>(length, 512))) ? 509 : 13;
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST_F(Formats, SurviveFlippedBytes) {
  fs::path raw = make_raw("raw", 300 * kKiB, {{0, 600}, {200 * kKiB, 700}, {299 * kKiB, 1024}});
  std::mt19937 random(11);
  for (const Case& c : kCases) {
    SCOPED_TRACE(name_of(c.format));
    fs::path file = at("file");
    ASSERT_TRUE(convert_image(raw, c.format, file));
    std::string bytes = read_file(file).value();
    std::vector<std::size_t> places;  // where something is
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (bytes[i] != 0) places.push_back(i);
    Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    for (int round = 0; round < 1000; ++round) {
      std::size_t place =
          round % 2 ? places[random() % places.size()] : random() % std::min<std::size_t>(bytes.size(), 4096);
      char changed = static_cast<char>(random());
      ASSERT_TRUE(write_all_at(fd, {&changed, 1}, place, file));
      SCOPED_TRACE("byte " + std::to_string(place) + " is " +
                   std::to_string(static_cast<unsigned char>(changed)));
      expect_refused_or_same(file, "", false);
      ASSERT_TRUE(write_all_at(fd, {&bytes[place], 1}, place, file));
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST_F(Formats, RefuseWhatTheyDoWithout) {
  if (!find_program("qemu-img")) GTEST_SKIP() << "no qemu-img here";
  fs::path raw = make_raw("raw", 4 * kMiB, {{0, 600}});
  struct Refusal {
    std::vector<std::string> create;
    const char* message;
    const char* hint;
  };
  const Refusal kRefusals[] = {
      {{"create", "-f", "qcow2", "-b", raw, "-F", "raw"},
       "it is an overlay of another image, its backing file",
       "make one image of the two with 'qemu-img convert'"},
      {{"create", "-f", "qcow2", "-o", "data_file=" + at("data").string()},
       "its data is in another file",
       "convert it with 'qemu-img convert -O qcow2'"},
      {{"create", "-f", "qcow2", "-o", "extended_l2=on"},
       "its clusters have parts",
       "convert it with 'qemu-img convert -O qcow2'"},
      {{"create", "-f", "qcow2", "-o", "compression_type=zstd"},
       "it is compressed by other means than deflate",
       "convert it with 'qemu-img convert -O qcow2'"},
      {{"create", "-f", "vmdk", "-o", "subformat=monolithicFlat"},
       "it names the files that hold the disk",
       "make one file of it with 'qemu-img convert -O vmdk'"},
  };
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.message);
    std::vector<std::string> arguments = refusal.create;
    arguments.push_back(at("file"));
    arguments.push_back("4M");
    ASSERT_EQ(qemu_img(arguments).status.code, 0);
    auto opened = open_disk(at("file"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(to_text(opened.error(), Color::Off), "faasc: error: '" + at("file").string() +
                                                       "' cannot be read: " + refusal.message +
                                                       " [FAASC0592]\n  hint: " + refusal.hint + "\n");
  }
}

TEST_F(Formats, AreHeldToTheFormatThatWasNamed) {
  fs::path raw = make_raw("raw", 4 * kMiB, {{0, 600}});
  auto opened = open_disk(raw, DiskFormat::Qcow2);
  ASSERT_FALSE(opened);
  EXPECT_EQ(
      to_text(opened.error(), Color::Off),
      "faasc: error: '" + raw.string() +
          "' is raw, not qcow2 [FAASC0590]\n  hint: leave the format out, and it is found by the contents\n");
  // Whatever a guest wrote to the beginning of its raw disk, named raw it is raw.
  ASSERT_TRUE(convert_image(raw, DiskFormat::Qcow2, at("qcow2")));
  EXPECT_EQ(contents_of(**open_disk(at("qcow2"), DiskFormat::Raw)), read_file(at("qcow2")).value());
}

TEST_F(Formats, ZstdAcceptsACompressedDisk) {
  if (!find_program("zstd")) GTEST_SKIP() << "no zstd here";
  fs::path raw = make_raw("raw", 5 * kMiB, {{0, 5000}, {2 * kMiB, 300 * kKiB}});
  ASSERT_TRUE(convert_image(raw, DiskFormat::RawZst, at("file.zst")));
  auto tested =
      run({.argv = {"zstd", "-q", "-t", at("file.zst")}, .working_directory = {}, .environment = {}});
  ASSERT_TRUE(tested);
  EXPECT_EQ(tested->status.code, 0) << tested->err;
  auto unpacked = run({.argv = {"zstd", "-q", "-d", at("file.zst"), "-o", at("by-zstd")},
                       .working_directory = {},
                       .environment = {}});
  ASSERT_TRUE(unpacked);
  EXPECT_TRUE(read_file(at("by-zstd")).value() == read_file(raw).value());
  // Several frames in a row, as 'cat' and pzstd make them, are one disk.
  std::string frame = read_file(at("file.zst")).value();
  ASSERT_TRUE(write_file(at("two.zst"), frame + frame));
  EXPECT_EQ((*open_disk(at("two.zst")))->size(), 10 * kMiB);
}

TEST_F(Formats, RefuseDisksTheyCannotHold) {
  fs::path raw = make_raw("raw", 3 * 1024 * kGiB, {});
  for (auto [format, message, hint] :
       {std::tuple{DiskFormat::Vmdk,
                   "the disk has 3298534883328 bytes; a VMDK in one file holds at most 2199023255552",
                   "choose qcow2 or vhdx"},
        std::tuple{DiskFormat::Vhd, "the disk has 3298534883328 bytes; a VHD holds at most 2190433320960",
                   "choose vhdx or qcow2"}}) {
    auto refused = convert_image(raw, format, at("out"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(to_text(refused.error(), Color::Off),
              "faasc: error: " + std::string(message) + " [FAASC0593]\n  while writing '" +
                  at("out").string() + "' as " + std::string(name_of(format)) + "\n  hint: " + hint + "\n");
    EXPECT_FALSE(fs::exists(at("out")));
  }
}

TEST_F(Formats, RefuseADiskWithoutBytes) {
  ASSERT_TRUE(write_file(at("empty"), ""));
  for (const Case& c : kCases) {
    auto converted = convert_image(at("empty"), c.format, at("out"));
    ASSERT_FALSE(converted);
    EXPECT_EQ(
        to_text(converted.error(), Color::Off),
        "faasc: error: the disk has no bytes at all [FAASC0591]\n  hint: see whether it is the right file\n");
    EXPECT_FALSE(fs::exists(at("out")));
  }
}

TEST_F(Formats, LeaveNothingWhereTheyFail) {
  auto converted = convert_image(at("none"), DiskFormat::Qcow2, at("out"));
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().code, "FAASC0901");
  EXPECT_FALSE(fs::exists(at("out")));
}

TEST(DiskFormat, HasOneNameEach) {
  for (DiskFormat format : all_disk_formats()) EXPECT_EQ(disk_format_named(name_of(format)), format);
  EXPECT_EQ(disk_format_named("vpc"), std::nullopt);
}

// An overlay of each format QEMU reads, read by QEMU.
TEST_F(Formats, AnOverlayReadsAsItsImageButForThePatches) {
  constexpr std::uint64_t kSize = 3 * kMiB;
  fs::path raw = make_raw("disk.img", kSize, {{0, 4096}, {kMiB - 100, 70'000}, {kSize - 512, 512}});
  const std::vector<BytePatch> kPatches = {{10, "near the beginning"},
                                           {kMiB - 5, std::string(200, 'p')},
                                           {kSize - 3, "end"},
                                           {4 * kMiB + 7, "beyond"}};
  for (DiskFormat format :
       {DiskFormat::Raw, DiskFormat::Qcow2, DiskFormat::Vmdk, DiskFormat::Vhd, DiskFormat::Vhdx}) {
    SCOPED_TRACE(name_of(format));
    fs::path image = at("image, with a comma" + std::string(extension_of(format)));
    ASSERT_TRUE(convert_image(raw, format, image));
    auto disk = open_disk(image).value();
    std::string expected = contents_of(*disk);
    expected.resize(5 * kMiB);
    for (const BytePatch& patch : kPatches) expected.replace(patch.offset, patch.bytes.size(), patch.bytes);

    fs::path overlay = at("overlay.qcow2"), flat = at("flat");
    Fd out(::open(overlay.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600));
    auto written = write_qcow2_overlay(image, format, *disk, kPatches, 5 * kMiB, out, "overlay");
    ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
    Finished checked = qemu_img({"check", overlay});
    EXPECT_TRUE(checked.status.ok()) << checked.out << checked.err;
    Finished converted = qemu_img({"convert", "-O", "raw", overlay, flat});
    ASSERT_TRUE(converted.status.ok()) << converted.err;
    EXPECT_TRUE(read_file(flat).value() == expected);
    // Six clusters differ, or are between what was patched; the rest is the image's.
    EXPECT_LT(fs::file_size(overlay), 12 * 65536u);

    // What a guest may have done to it since, read by us.
    auto changed = run({.argv = {"qemu-io", "-c", "write -P 7 1200k 70k", "-c", "write -z 0 64k", "-c",
                                 "write -P 9 4500k 1k", overlay.string()}});
    ASSERT_TRUE(changed && changed->status.ok()) << changed->err;
    ASSERT_TRUE(qemu_img({"convert", "-O", "raw", overlay, flat}).status.ok());
    auto both = open_qcow2(open_byte_source(overlay).value(), "overlay", disk);
    ASSERT_TRUE(both) << to_text(both.error(), Color::Off);
    EXPECT_TRUE(contents_of(**both) == read_file(flat).value());
    fs::path ranges = at("ranges.img");
    ASSERT_TRUE(write_disk_as(**both, DiskFormat::Raw, ranges));
    EXPECT_TRUE(read_file(ranges).value() == read_file(flat).value());
    fs::remove(image);
  }
}

TEST_F(Formats, AnOverlayCannotNameALongPath) {
  fs::path raw = make_raw("disk.img", kMiB, {});
  auto disk = open_disk(raw).value();
  Fd out(::open(at("overlay").c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600));
  auto written =
      write_qcow2_overlay("/" + std::string(1100, 'x'), DiskFormat::Raw, *disk, {}, kMiB, out, "overlay");
  ASSERT_FALSE(written);
  EXPECT_EQ(to_text(written.error(), Color::Off),
            "faasc: error: the path of the image has 1101 bytes; an overlay can name one of at most 1023 "
            "[FAASC0592]\n  hint: move the image to a shorter path\n");
}

}  // namespace
}  // namespace faasc
