#include "packager/disk/mbr.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {
using namespace std::string_literals;

// A boot loader of two sectors in which nothing but what is checked is there.
std::string boot_blob() {
  std::string blob(1024, '\0');
  blob.replace(0x1aa, 20, "\0\x80\0\0\0\0\0\0\0\2\0\0\0\0\0\0\x0c\0\0\0"s);
  blob.replace(0x1fe, 2, "\x55\xaa");
  return blob;
}

TEST(Mbr, EntriesLieWhereTheyHaveTo) {
  Mbr mbr = mbr_from_bytes(boot_blob());
  EXPECT_EQ(mbr.boot_region.base, 0x8000u);
  EXPECT_EQ(mbr.boot_region.length, 512u);
  EXPECT_EQ(mbr.boot_region.type, 12u);
  EXPECT_EQ(mbr.signature, kMbrSignature);
  mbr.entries[0] = mbr_partition(103 * 512, 12 << 20, 0x80);
  mbr.entries[3] = mbr_partition(512, std::uint64_t{3} << 40, 0);
  std::string bytes(bytes_of(mbr));
  EXPECT_EQ(bytes.substr(0x1be, 16), "\x80\xfe\xff\xff\x83\xfe\xff\xff\x67\0\0\0\0\x60\0\0"s);
  EXPECT_EQ(bytes.substr(0x1ee, 16), "\0\xfe\xff\xff\x83\xfe\xff\xff\1\0\0\0\xff\xff\xff\xff"s);
  EXPECT_EQ(bytes.substr(0, 0x1be), boot_blob().substr(0, 0x1be));
  EXPECT_EQ(bytes.substr(0x1fe), "\x55\xaa");
}

TEST(Mbr, ChecksBootLoaders) {
  auto refusal = [](const std::string& blob) {
    auto checked = check_boot_blob(blob, "boot.img");
    return checked ? "accepted" : to_text(checked.error(), Color::Off);
  };
  auto message = [](const std::string& why) {
    return "faasc: error: 'boot.img' is not Nanos' boot loader: " + why +
           " [FAASC0561]\n  hint: take boot.img from the release the kernel is from\n";
  };
  EXPECT_EQ(refusal(boot_blob()), "accepted");
  EXPECT_EQ(refusal(""), message("it has 0 bytes, which is not two or more whole sectors"));
  EXPECT_EQ(refusal(boot_blob().substr(0, 512)),
            message("it has 512 bytes, which is not two or more whole sectors"));
  EXPECT_EQ(refusal(boot_blob() + "x"), message("it has 1025 bytes, which is not two or more whole sectors"));
  EXPECT_EQ(refusal(boot_blob() + std::string(512, 'x')),
            message("its second stage has 1024 bytes, but its first stage expects 512 (region type 12)"));
  std::string blob = boot_blob();
  blob[0x1ff] = 0;
  EXPECT_EQ(refusal(blob), message("sector 0 does not end in 55 aa"));
  blob = boot_blob();
  blob[0x1ba] = 13;
  EXPECT_EQ(refusal(blob),
            message("its second stage has 512 bytes, but its first stage expects 512 (region type 13)"));
}

}  // namespace
}  // namespace faasc
