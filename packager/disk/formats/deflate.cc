#include "packager/disk/formats/deflate.h"

#include <zlib.h>

#include "packager/disk/formats/codes.h"

namespace faasc {
namespace {

// zlib's structs and calls, ended in any case.
struct Inflater {
  z_stream stream{};
  ~Inflater() { ::inflateEnd(&stream); }
};
struct Deflater {
  z_stream stream{};
  ~Deflater() { ::deflateEnd(&stream); }
};

int window_bits(DeflateFraming framing) {
  return framing == DeflateFraming::None ? -MAX_WBITS : MAX_WBITS;
}

Bytef* bytef(const char* bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes));
}

}  // namespace

Result<std::string> inflate_exactly(std::string_view packed, std::size_t size, DeflateFraming framing) {
  auto refused = [](const char* why) { return Error{Fault::Input, kFormatDamaged, why, {}, {}}; };
  Inflater inflater;
  z_stream& stream = inflater.stream;
  if (::inflateInit2(&stream, window_bits(framing)) != Z_OK) return refused("cannot unpack anything");
  std::string bytes(size, '\0');
  stream.next_in = bytef(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = bytef(bytes.data());
  stream.avail_out = static_cast<uInt>(size);
  int status = ::inflate(&stream, Z_FINISH);
  // Room for exactly what there should be: either the end was reached, or only it was not.
  bool whole = status == Z_STREAM_END || status == Z_BUF_ERROR || status == Z_OK;
  if (!whole || stream.avail_out != 0) return refused("the compressed bytes are damaged");
  return bytes;
}

Result<std::string> deflate_all(std::string_view bytes, DeflateFraming framing) {
  auto failed = [] { return Error{Fault::Internal, kFormatDamaged, "zlib cannot compress", {}, {}}; };
  Deflater deflater;
  z_stream& stream = deflater.stream;
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits(framing), 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
    return failed();
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = bytef(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = bytef(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) return failed();
  packed.resize(stream.total_out);
  return packed;
}

}  // namespace faasc
