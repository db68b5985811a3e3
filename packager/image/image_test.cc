#include <functional>

#include <sys/stat.h>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "packager/cpio/cpio_writer.h"
#include "packager/disk/formats/convert.h"
#include "packager/disk/initramfs.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/mbr.h"
#include "packager/disk/nanos_disk.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/image/extract.h"
#include "packager/image/image_check.h"
#include "packager/image/image_diff.h"
#include "packager/image/image_edit.h"
#include "packager/image/image_overlay.h"
#include "packager/image/image_program.h"
#include "packager/image/opened_image.h"
#include "packager/tfs/tfs_reader.h"
#include "packager/tfs/tfs_writer.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::string sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return to_hex(hash.finish());
}

class ImageTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "image")).value();
  Program program_;
  Kernel kernel_;

  void SetUp() override {
    std::string boot(2048, '\0');
    Mbr mbr;
    mbr.boot_region = {0x8000, 1536, kNanosBootRegionType};
    mbr.signature = kMbrSignature;
    boot.replace(0, kDiskSectorSize, bytes_of(mbr));
    ASSERT_TRUE(write_file(at("boot.img"), boot));
    ASSERT_TRUE(write_file(at("kernel.img"),
                           "\x7f"
                           "ELF kernel"));
    kernel_.image = at("kernel.img");
    kernel_.boot_blob = at("boot.img");
    program_.executable = "/app/run";
    program_.argv = {"run", "-v"};
    program_.environment = {{"A", "b"}};
    add("/app/run",
        InlineBytes{"\x7f"
                    "ELF program"},
        0755);
    add("/app/second", HardLink{"/app/run"});
    add("/etc/hosts", InlineBytes{"127.0.0.1 localhost\n"});
    add("/lib", Symlink{"usr/lib"});
    add("/usr/lib/libx.so", InlineBytes{"library"});
    add("/empty", Directory{});
  }
  fs::path at(std::string_view name) { return directory_.path() / name; }
  void add(const std::string& path, decltype(RootfsNode::content) content, std::uint32_t mode = 0644) {
    auto added = program_.rootfs.add(path, {std::move(content), mode, "a test"});
    ASSERT_TRUE(added) << added.error().what;
  }
  fs::path nanos(std::string_view name = "disk.img", std::optional<std::uint64_t> storage = {}) {
    auto written = write_nanos_disk({.program = program_,
                                     .kernel = kernel_,
                                     .ephemeral_storage_bytes = storage,
                                     .options = {{"mtu", "1400"}}},
                                    at(name));
    EXPECT_TRUE(written) << to_text(written.error(), Color::Off);
    return at(name);
  }
  fs::path ext4(std::string_view name = "root.ext4") {
    auto written = write_ext4(program_.rootfs, {.free_bytes = 1 << 20, .label = "faasc-root"}, at(name));
    EXPECT_TRUE(written) << to_text(written.error(), Color::Off);
    return at(name);
  }
  static OpenedImage open(const fs::path& path) {
    auto image = open_image(path);
    EXPECT_TRUE(image) << to_text(image.error(), Color::Off);
    return std::move(image).value();
  }
  static std::string listing(const StoredTree& tree) {
    std::string out;
    for (const StoredEntry& entry : tree.entries()) {
      out += entry.path;
      if (entry.kind == StoredEntry::Kind::Directory) out += "/";
      if (entry.kind == StoredEntry::Kind::Symlink) out += " -> " + entry.target;
      if (entry.kind == StoredEntry::Kind::File) out += " " + std::to_string(entry.size_bytes);
      out += "\n";
    }
    return out;
  }
};

constexpr const char* kListing =
    "/app/\n/app/run 12\n/app/second 12\n/empty/\n/etc/\n/etc/hosts 20\n/lib -> usr/lib\n/usr/\n/usr/lib/\n"
    "/usr/lib/libx.so 7\n";

TEST_F(ImageTest, BothFamiliesInAnyFormat) {
  OpenedImage disk = open(nanos());
  EXPECT_EQ(listing(disk.root()), kListing);
  EXPECT_TRUE(disk.has_partitions && disk.bios_bootable);
  EXPECT_EQ(disk.family, KernelFamily::Nanos);
  EXPECT_EQ(disk.parts.size(), 2u);
  EXPECT_EQ(listing(*disk.part("boot").value()->tree), "/kernel 11\n");
  EXPECT_EQ(to_text(disk.part("esp").error(), Color::Off),
            "faasc: error: '" + disk.path.string() +
                "' has no partition 'esp' to look into [FAASC0666]\n"
                "  hint: it has 'root', 'boot'\n");
  ASSERT_TRUE(convert_image(at("disk.img"), DiskFormat::Qcow2, at("disk.qcow2")));
  OpenedImage other = open(at("disk.qcow2"));
  EXPECT_EQ(other.format, DiskFormat::Qcow2);
  EXPECT_EQ(listing(other.root()), kListing);
  EXPECT_TRUE(diff_images(disk, other)->empty());

  OpenedImage root = open(ext4());
  EXPECT_EQ(root.family, KernelFamily::Linux);
  EXPECT_EQ(listing(root.root()), kListing);
  ASSERT_TRUE(write_file(at("text"), "not an image"));
  EXPECT_EQ(to_text(open_image(at("text")).error(), Color::Off),
            "faasc: error: '" + at("text").string() +
                "' is not an image that faasc can look into: it holds neither Nanos' nor Linux' file system "
                "[FAASC0664]\n  hint: see whether it is the right file, and complete\n");
}

TEST_F(ImageTest, PathsAreFoundAsAGuestFindsThem) {
  add("/a/loop", Symlink{"loop"});
  add("/a/up", Symlink{"../../../etc"});
  add("/a/dead", Symlink{"/nowhere/x"});
  OpenedImage image = open(nanos());
  struct Case {
    const char* path;
    LastLink last;
    const char* found;
  };
  const Case cases[] = {
      {"", LastLink::Follow, "the root"},
      {"/", LastLink::Follow, "the root"},
      {"/app/run", LastLink::Follow, "/app/run"},
      {"app//./run", LastLink::Follow, "/app/run"},
      {"/lib", LastLink::Follow, "/usr/lib"},
      {"/lib", LastLink::Keep, "/lib"},
      {"/lib/", LastLink::Keep, "/lib"},
      {"/lib/libx.so", LastLink::Keep, "/usr/lib/libx.so"},
      {"/a/up/hosts", LastLink::Follow, "/etc/hosts"},
      {"/../../app", LastLink::Follow, "/app"},
      {"/app/../lib/libx.so", LastLink::Follow, "/usr/lib/libx.so"},
      {"/app/runn", LastLink::Follow, "there is no '/app/runn' in the image; did you mean '/app/run'?"},
      {"/lib/liby.so", LastLink::Follow,
       "there is no '/lib/liby.so' in the image: '/usr/lib/liby.so' is missing; did you mean "
       "'/usr/lib/libx.so'?"},
      {"/app/run/x", LastLink::Follow, "'/app/run' in the image is not a directory"},
      {"/a/loop", LastLink::Follow, "'/a/loop' leads through symbolic links without end"},
      {"/a/dead", LastLink::Follow, "there is no '/a/dead' in the image: '/nowhere' is missing"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.path);
    auto found = find_in_image(image.root(), c.path, c.last);
    EXPECT_EQ(found ? (*found ? (*found)->path : "the root") : found.error().what, c.found);
  }
}

TEST_F(ImageTest, DirectoriesAreCopiedOutWholeOrNotAtAll) {
  add("/app/out", Symlink{"../../../../../../etc"});
  for (const fs::path& image : {nanos(), ext4()}) {
    OpenedImage opened = open(image);
    fs::path to = at("copy-" + image.filename().string());
    auto done = extract(opened.root(), nullptr, to);
    ASSERT_TRUE(done) << to_text(done.error(), Color::Off);
    EXPECT_EQ(done->files, 4u);
    EXPECT_EQ(read_file(to / "app/second").value(),
              "\x7f"
              "ELF program");
    struct stat one{}, two{};
    ASSERT_EQ(::stat((to / "app/run").c_str(), &one), 0);
    ASSERT_EQ(::stat((to / "app/second").c_str(), &two), 0);
    EXPECT_EQ(one.st_ino, two.st_ino);
    EXPECT_EQ(one.st_mode & 0777, 0755u);
    EXPECT_EQ(fs::read_symlink(to / "app/out"), "../../../../../../etc");
    EXPECT_TRUE(fs::is_directory(to / "empty"));
    EXPECT_EQ(to_text(extract(opened.root(), opened.root().find("/app"), to).error(), Color::Off),
              "faasc: error: '" + to.string() +
                  "' is already there [FAASC0668]\n"
                  "  hint: name a path where nothing is, or move it away\n");
    fs::path file = at("file");
    ASSERT_TRUE(extract(opened.root(), opened.root().find("/etc/hosts"), file));
    EXPECT_EQ(read_file(file).value(), "127.0.0.1 localhost\n");
  }
  // A file that cannot be read, because the image ends before it: nothing appears.
  std::string cut = read_file(nanos()).value();
  cut.resize(cut.size() - 4096);
  ASSERT_TRUE(write_file(at("cut.img"), cut));
  OpenedImage opened = open(at("cut.img"));
  EXPECT_FALSE(extract(opened.root(), nullptr, at("partly")));
  EXPECT_FALSE(fs::exists(at("partly")));
  for (const auto& entry : fs::directory_iterator(directory_.path()))
    EXPECT_EQ(entry.path().filename().string().find(".faasc"), std::string::npos) << entry.path();
}

TEST_F(ImageTest, EverythingComesIntoADirectoryButForWhatIsHidden) {
  OpenedImage image = open(nanos());
  fs::create_directories(at("root/etc"));
  auto copied = extract_into(image.root(), at("root"), {"/etc", "/us"});
  ASSERT_TRUE(copied) << copied.error().what;
  EXPECT_EQ(copied->files, 3u);
  EXPECT_FALSE(fs::exists(at("root/etc/hosts")));
  EXPECT_EQ(read_file(at("root/usr/lib/libx.so")).value(), "library");
  EXPECT_EQ(fs::hard_link_count(at("root/app/run")), 2u);
}

TEST_F(ImageTest, WhatItsMachineRunsIsFound) {
  program_.working_directory = "/app";
  auto program = program_of(open(nanos()));
  ASSERT_TRUE(program) << to_text(program.error(), Color::Off);
  EXPECT_EQ(program->executable, "/app/run");
  EXPECT_EQ(program->working_directory, "/app");
  EXPECT_THAT(program->arguments, ElementsAre("run", "-v"));
  EXPECT_THAT(program->environment, ElementsAre("A=b"));
  EXPECT_FALSE(program->writable);
  program = program_of(open(nanos("writable.img", 3 << 20)));
  ASSERT_TRUE(program);
  EXPECT_TRUE(program->writable);
  EXPECT_GE(program->room_bytes, std::uint64_t{3 << 20});

  std::string file = linux_program_file(program_).value();
  add("/etc/faasc/program", InlineBytes{file});
  program = program_of(open(ext4()));
  ASSERT_TRUE(program) << to_text(program.error(), Color::Off);
  EXPECT_EQ(program->executable, "/app/run");
  EXPECT_THAT(program->arguments, ElementsAre("run", "-v"));
  EXPECT_THAT(program->environment, ElementsAre("A=b"));
}

TEST_F(ImageTest, WhereNothingSaysWhatIsRunNothingIs) {
  OpenedImage image = open(nanos());
  image.attributes.erase("program");
  EXPECT_EQ(to_text(program_of(image).error(), Color::Off),
            "faasc: error: '" + image.path.string() +
                "' does not say what its machine runs: its root has no 'program' [FAASC0765]\n"
                "  hint: 'faasc image verify' tells more\n");
  image = open(ext4());
  EXPECT_EQ(to_text(program_of(image).error(), Color::Off),
            "faasc: error: '" + image.path.string() +
                "' does not say what its machine runs: there is no '/etc/faasc/program' [FAASC0765]\n"
                "  hint: 'faasc image verify' tells more\n");
  std::string file = linux_program_file(program_).value();
  for (std::size_t size = 0; size < file.size(); ++size) {
    Rootfs tree;
    ASSERT_TRUE(tree.add("/etc/faasc/program", {InlineBytes{file.substr(0, size)}, 0644, ""}));
    ASSERT_TRUE(write_ext4(tree, {.free_bytes = 1 << 20, .label = "faasc-root"}, at("cut.ext4")));
    auto program = program_of(open(at("cut.ext4")));
    ASSERT_FALSE(program) << size;
    EXPECT_THAT(program.error().what, testing::EndsWith("its '/etc/faasc/program' is damaged")) << size;
  }
}

TEST_F(ImageTest, DifferencesAreTold) {
  OpenedImage before = open(nanos("before.img"));
  EXPECT_TRUE(diff_images(before, open(nanos("same.img")))->empty());
  Program changed = program_;
  changed.rootfs = {};
  for (const auto& [path, node] : program_.rootfs.nodes()) {
    if (path == "/usr/lib/libx.so" || std::holds_alternative<HardLink>(node.content)) continue;
    RootfsNode copy = node;
    if (path == "/etc/hosts") copy.content = InlineBytes{"127.0.0.1 localhosT\n"};
    if (path == "/lib") copy.content = Symlink{"lib64"};
    ASSERT_TRUE(changed.rootfs.add(path, copy));
  }
  ASSERT_TRUE(changed.rootfs.add("/app/second", {InlineBytes{"other"}, 0644, ""}));
  ASSERT_TRUE(changed.rootfs.add("/new/file", {InlineBytes{"new"}, 0644, ""}));
  program_ = changed;
  program_.argv = {"run"};
  ASSERT_TRUE(write_file(at("kernel.img"),
                         "\x7f"
                         "ELF another kernel"));
  ImageDiff diff = diff_images(before, open(nanos("after.img", 1 << 20))).value();
  std::vector<std::string> lines;
  for (const EntryChange& change : diff.entries)
    lines.push_back(change.part + (change.before ? change.after ? " ~ " : " - " : " + ") + change.path +
                    (change.what.empty() ? "" : " " + change.what[0]));
  EXPECT_THAT(lines, ElementsAre("root ~ /app/second contents", "root ~ /etc/hosts contents",
                                 "root ~ /lib target", "root + /new", "root + /new/file",
                                 "root - /usr/lib/libx.so", "boot ~ /kernel contents"));
  lines.clear();
  for (const AttributeChange& change : diff.attributes)
    lines.push_back(change.name + ": " + change.before.value_or("nothing") + " -> " +
                    change.after.value_or("nothing"));
  EXPECT_THAT(lines, ElementsAre("arguments: [run -v] -> [run]", "readonly_rootfs: t -> nothing"));
  EXPECT_THAT(diff.disk, IsEmpty());
}

TEST_F(ImageTest, ProblemsAreFoundAndFilesRead) {
  ImageCheck good = check_image(open(nanos())).value();
  EXPECT_THAT(good.problems, IsEmpty());
  ASSERT_EQ(good.digests.size(), 5u);
  EXPECT_EQ(good.digests[2].path, "/etc/hosts");
  EXPECT_EQ(good.digests[2].sha256, sha256_of("127.0.0.1 localhost\n"));
  EXPECT_THAT(check_image(open(ext4()))->problems, IsEmpty());

  std::string disk = read_file(at("disk.img")).value();
  auto problems_with = [&](const std::function<void(std::string&, Mbr&)>& damage) {
    std::string bad = disk;
    Mbr mbr = mbr_from_bytes(bad);
    damage(bad, mbr);
    bad.replace(0, kDiskSectorSize, bytes_of(mbr));
    EXPECT_TRUE(write_file(at("bad.img"), bad));
    return check_image(open(at("bad.img")))->problems;
  };
  EXPECT_THAT(problems_with([](std::string&, Mbr& mbr) {
                mbr.entries[0].sector_count = mbr.entries[0].sector_count + 1;
                mbr.entries[1].sector_count = mbr.entries[1].sector_count + 8;
              }),
              ElementsAre("partition 2: ends at byte " + std::to_string(disk.size() + 4096) +
                              ", but the disk has " + std::to_string(disk.size()),
                          "partition 2: overlaps partition 1"));
  EXPECT_THAT(
      problems_with([](std::string& bytes, Mbr&) { bytes.replace(bytes.find("/app/run"), 8, "/app/rum"); }),
      ElementsAre("root: the program to run: there is no '/app/rum' in the image; did you mean '/app/run'?"));
  EXPECT_THAT(problems_with([](std::string& bytes, Mbr&) {
                bytes.replace(bytes.find("\x7f"
                                         "ELF kernel"),
                              4, "####");
              }),
              ElementsAre("boot: '/kernel' is not an ELF file"));
}

TEST_F(ImageTest, FilesComeIntoACopy) {
  fs::path before_path = nanos("before.img", 3 << 20);
  OpenedImage before = open(before_path);
  ASSERT_TRUE(write_file(at("hosts"), "::1 localhost\n"));
  ASSERT_TRUE(write_file(at("tree/deep/file"), std::string(5000, 'f')));
  fs::create_symlink("deep", at("tree/link"));
  auto edits = edits_of_host(at("hosts"), "/etc/hosts");
  ASSERT_TRUE(edits);
  auto more = edits_of_host(at("tree"), "/srv");
  ASSERT_TRUE(more);
  edits->insert(edits->end(), more->begin(), more->end());
  auto written = write_edited_image(before, *edits, at("after.img"));
  ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
  EXPECT_EQ(written->size_bytes, fs::file_size(at("after.img")));

  OpenedImage after = open(at("after.img"));
  ImageDiff diff = diff_images(before, after).value();
  std::vector<std::string> lines;
  for (const EntryChange& change : diff.entries) lines.push_back((change.before ? "~ " : "+ ") + change.path);
  EXPECT_THAT(lines, ElementsAre("~ /etc/hosts", "+ /srv", "+ /srv/deep", "+ /srv/deep/file", "+ /srv/link"));
  EXPECT_THAT(diff.attributes, IsEmpty());
  EXPECT_THAT(check_image(after)->problems, IsEmpty());
  EXPECT_EQ(after.root().find("/app/run")->id, after.root().find("/app/second")->id);
  std::string old_bytes = read_file(before_path).value(), new_bytes = read_file(at("after.img")).value();
  std::uint64_t root = before.parts[0].region.offset_bytes;
  Mbr old_table = mbr_from_bytes(old_bytes), new_table = mbr_from_bytes(new_bytes);
  EXPECT_EQ(new_table.entries[1].sector_count * 512, new_bytes.size() - root);
  new_table.entries[1].sector_count = old_table.entries[1].sector_count;
  EXPECT_EQ(bytes_of(new_table), bytes_of(old_table));
  EXPECT_TRUE(old_bytes.substr(512, root - 512) == new_bytes.substr(512, root - 512));
  // As much room as before.
  EXPECT_GE(new_bytes.size(), old_bytes.size() + 5000);
  EXPECT_LE(new_bytes.size(), old_bytes.size() + 5000 + 8192);
  // The same again gives the same bytes.
  ASSERT_TRUE(write_edited_image(before, *edits, at("again.img")));
  EXPECT_TRUE(read_file(at("again.img")).value() == new_bytes);
}

TEST_F(ImageTest, FilesComeIntoACopyOfAnExt4) {
  OpenedImage before = open(ext4());
  ASSERT_TRUE(write_file(at("hosts"), "::1 localhost\n"));
  auto edits = edits_of_host(at("hosts"), "/etc/hosts").value();
  ASSERT_TRUE(write_edited_image(before, edits, at("after.ext4")));
  OpenedImage after = open(at("after.ext4"));
  EXPECT_EQ(after.root().label(), "faasc-root");
  EXPECT_EQ(after.root().find("/app/run")->mode, 0755u);
  EXPECT_EQ(after.root().find("/app/run")->id, after.root().find("/app/second")->id);
  EXPECT_EQ(diff_images(before, after)->entries.size(), 1u);
  EXPECT_THAT(check_image(after)->problems, IsEmpty());
  if (!find_program("mke2fs")) GTEST_SKIP() << "no mke2fs (e2fsprogs) in PATH";
  ASSERT_TRUE(run({{"mke2fs", "-q", "-F", "-t", "ext4", at("other").string(), "8M"}, {}, {}}));
  EXPECT_EQ(to_text(write_edited_image(open(at("other")), edits, at("x")).error(), Color::Off),
            "faasc: error: a copy of this image would lose the journal of its file system [FAASC0671]\n"
            "  hint: build an image with these files instead\n");
  EXPECT_FALSE(fs::exists(at("x")));
}

// Init and modules are in archives before the root's.
TEST_F(ImageTest, FilesComeIntoACopyOfAnInitramfs) {
  CpioWriter modules, init;
  modules.add_directory("mod");
  modules.add_file("mod/order", "ext4.ko\n");
  init.add_file("init", "our init", 0755);
  const std::string start = std::move(modules).finish() + std::move(init).finish();
  const std::string tree = archive_of_tree(program_.rootfs)->archive;
  ASSERT_TRUE(write_file(at("root.img"), start + tree));
  OpenedImage before = open(at("root.img"));
  ASSERT_TRUE(write_file(at("hosts"), "::1 localhost\n"));
  auto edits = edits_of_host(at("hosts"), "/etc/hosts").value();
  auto written = write_edited_image(before, edits, at("after.img"));
  ASSERT_TRUE(written) << to_text(written.error(), Color::Off);
  const std::string bytes = read_file(at("after.img")).value();
  EXPECT_EQ(written->size_bytes, bytes.size());
  EXPECT_TRUE(bytes.starts_with(start));
  OpenedImage after = open(at("after.img"));
  EXPECT_EQ(diff_images(before, after)->entries.size(), 1u);
  EXPECT_EQ(after.root().find("/app/run")->mode, 0755u);
  EXPECT_EQ(after.root().find("/app/run")->id, after.root().find("/app/second")->id);
  EXPECT_THAT(check_image(after)->problems, IsEmpty());

  edits = edits_of_host(at("hosts"), "/init").value();
  EXPECT_EQ(to_text(write_edited_image(before, edits, at("x")).error(), Color::Off),
            "faasc: error: a copy of this image would lose '/init', which is faasc's own [FAASC0671]\n"
            "  hint: copy to another path\n");
  std::string foreign = tree;  // the owner of the first entry
  foreign.replace(6 + 3 * 8 - 1, 1, "1");
  ASSERT_TRUE(write_file(at("foreign.img"), start + foreign));
  edits = edits_of_host(at("hosts"), "/etc/hosts").value();
  EXPECT_EQ(write_edited_image(open(at("foreign.img")), edits, at("x")).error().what,
            "a copy of this image would lose the owners of its files");
  EXPECT_FALSE(fs::exists(at("x")));
}

// In the room that an inode has beyond its fields, where most file systems keep them, or in a block.
TEST_F(ImageTest, ACopyDoesNotLoseExtendedAttributes) {
  if (!find_program("debugfs")) GTEST_SKIP() << "no debugfs (e2fsprogs) in PATH";
  ASSERT_TRUE(write_file(at("hosts"), "::1 localhost\n"));
  auto edits = edits_of_host(at("hosts"), "/etc/hosts").value();
  for (std::size_t size : {5u, 1500u}) {
    SCOPED_TRACE(size);
    fs::path image = ext4();
    ASSERT_TRUE(write_file(at("value"), std::string(size, 'v')));
    std::string said;
    for (const std::string& request :
         {std::string("feature ext_attr"), "ea_set -f " + at("value").string() + " /etc/hosts user.note"}) {
      auto set = run({{"debugfs", "-w", "-R", request, image.string()}, {}, {}});
      ASSERT_TRUE(set);
      said += set->err;
    }
    auto written = write_edited_image(open(image), edits, at("x"));
    ASSERT_FALSE(written) << said;
    EXPECT_EQ(
        to_text(written.error(), Color::Off),
        "faasc: error: a copy of this image would lose the extended attributes of its files [FAASC0671]\n"
        "  hint: build an image with these files instead\n");
  }
}

// What the kernel noted of files stays, but for the times of a file that is another one now.
TEST_F(ImageTest, WhatTheKernelNotedOfFilesStays) {
  TfsOptions options;
  options.label = "data";
  options.node_attributes = {
      {"/etc/hosts", {{"mtime", std::uint64_t{1'700'000'000} << 32}, {"exec", TfsFlag{}}}},
      {"/app/run", {{"mtime", std::uint64_t{1'600'000'000} << 32}}},
      {"/empty", {{"atime", 5}}}};
  TfsLayout layout = plan_tfs(program_.rootfs, options).value();
  {
    AtomicFile file = AtomicFile::create(at("volume")).value();
    SequentialOutput out(file.fd(), at("volume"));
    ASSERT_TRUE(write_tfs(layout, out));
    ASSERT_TRUE(out.flush());
    ASSERT_EQ(::ftruncate(file.fd().get(), static_cast<off_t>(layout.used_bytes())), 0);
    ASSERT_TRUE(std::move(file).commit());
  }
  OpenedImage before = open(at("volume"));
  EXPECT_EQ(before.root().find("/etc/hosts")->modified, 1'700'000'000);
  ASSERT_TRUE(write_file(at("hosts"), "other"));
  ASSERT_TRUE(write_edited_image(before, edits_of_host(at("hosts"), "/etc/hosts").value(), at("after")));
  OpenedImage after = open(at("after"));
  const auto& tree = dynamic_cast<const TfsReader&>(after.root());
  EXPECT_EQ(tree.label(), "data");
  EXPECT_EQ(to_text(tree.attributes_of(*tree.find("/etc/hosts"))), "(exec:(flag))");
  EXPECT_EQ(tree.find("/app/run")->modified, 1'600'000'000);
  EXPECT_EQ(to_text(tree.attributes_of(*tree.find("/empty"))), "(atime:5)");
  auto kind = write_edited_image(before, edits_of_host(at("hosts"), "/empty").value(), at("x"));
  EXPECT_EQ(to_text(kind.error(), Color::Off),
            "faasc: error: '/empty' is a directory in the image [FAASC0667]\n"
            "  hint: copy to another path, or into the directory\n");
}

// Read back by QEMU, which puts the overlay and the image together.
TEST_F(ImageTest, AnOverlayIsTheImageWithAnotherRootTuple) {
  fs::path image = nanos();
  std::string before = read_file(image).value();
  auto overlay = write_overlay(open(image), {{"environment", TfsTuple{{"A", "other"}, {"NEW", "1"}}}});
  ASSERT_TRUE(overlay) << to_text(overlay.error(), Color::Off);
  auto converted =
      run({.argv = {"qemu-img", "convert", "-O", "raw",
                    "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(overlay->get()),
                    at("flat.img")}});
  ASSERT_TRUE(converted);
  ASSERT_TRUE(converted->status.ok()) << converted->err;
  EXPECT_EQ(to_text(open(at("flat.img")).attributes.at("environment")), "(A:other NEW:1)");
  EXPECT_EQ(to_text(open(at("flat.img")).attributes.at("arguments")), "[run -v]");
  EXPECT_TRUE(read_file(image).value() == before);
}

}  // namespace
}  // namespace faasc
