#include "packager/archive/byte_stream.h"

#include <gtest/gtest.h>

#include "packager/archive/codes.h"

namespace faasc {
namespace {

Result<std::string> unpacked(std::string bytes, std::uint64_t limit = 1000) {
  FAASC_TRY(auto stream, decompressed(stream_of_bytes(std::move(bytes)), "x.gz"));
  return read_to_end(*stream, limit, "x.gz");
}

// printf 'hello\n' | gzip -n
const std::string kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06\x00\x00"
    "\x00",
    26);

TEST(ByteStream, PassesUncompressedBytesThrough) {
  for (std::string text : {"", "x", "12345", "123456", "much longer than a magic number"})
    EXPECT_EQ(unpacked(text).value(), text);
}

TEST(ByteStream, ReadsGzipMembersAndPadding) {
  EXPECT_EQ(unpacked(kHello).value(), "hello\n");
  EXPECT_EQ(unpacked(kHello + kHello).value(), "hello\nhello\n");
  EXPECT_EQ(unpacked(kHello + std::string(9, '\0')).value(), "hello\n");
}

TEST(ByteStream, ReadsTheLegacyLz4FrameOfKernels) {
  // printf 'hello\n' | lz4 -l
  EXPECT_EQ(unpacked(std::string("\x02\x21\x4c\x18\x07\x00\x00\x00\x60hello\n", 15)).value(), "hello\n");
}

TEST(ByteStream, ChecksGzip) {
  for (std::size_t n = 2; n < kHello.size(); ++n)
    EXPECT_EQ(unpacked(kHello.substr(0, n)).error().what, "'x.gz' is damaged: its gzip data ends too soon")
        << n;
  std::string wrong_crc = kHello;
  wrong_crc[19] ^= 1;
  EXPECT_EQ(unpacked(wrong_crc).error().what,
            "'x.gz' is damaged: its gzip data does not add up (incorrect data check)");
  EXPECT_EQ(unpacked(kHello + "something").error().what,
            "'x.gz' is damaged: its gzip data does not add up (incorrect header check)");
  EXPECT_EQ(unpacked(wrong_crc).error().code, kArchiveDamaged);
  EXPECT_EQ(unpacked(wrong_crc).error().hint, "get the file again");
}

TEST(ByteStream, KeepsToTheLimit) {
  EXPECT_TRUE(unpacked(kHello, 6));
  EXPECT_EQ(unpacked(kHello, 5).error().what, "'x.gz' unpacks to more than the 5 bytes allowed here");
}

}  // namespace
}  // namespace faasc
