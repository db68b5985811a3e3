#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Nanos' file system as it lies on a disk. There is no superblock, no free map and no checksum: a log of
/// edits to one tree of tuples, and sectors of file data that the tree points to. All sector numbers count
/// 512-byte sectors from the start of the file system.
///
///   <volume>     ::= <extension>+ and data sectors       ; the first extension is sector 0 and one sector
///   long <extension>  ::= "NVMTFS" <version:varint> <sectors:varint> [<uuid:16 bytes> <label> 0x00]
///   <record>*
///                                                         ; uuid and label only in sector 0; label at most
///                                                         31 bytes
///   <record>     ::= 0x01                                 ; end of the log
///                  | 0x02 <total:varint> <n:varint> <n bytes>      ; a value of `total` bytes, or its first
///                  `n` bytes | 0x03 <n:varint> <n bytes>            ; the next `n` bytes of that value |
///                  0x04                                 ; nothing: an end of the log that was appended to |
///                  0x05 <sector:varint> <sectors:varint>         ; the log goes on there; what follows is
///                  not read
///   <value>      ::= <header> ...                         ; below; a record's value is a tuple
///   <varint>     ::= big-endian base 128, bit 7 set on every byte but the last, at most 10 bytes
///
/// A header is one byte and, where its E bit is set, a varint-like tail of 7-bit groups that lengthen its
/// number n:
///   version 5: bit 7 immediate, bits 6-4 type, bit 3 E, bits 2-0 of n
///   version 4: bit 7 immediate, bit 6 type (buffer or tuple), bit 5 E, bits 4-0 of n
///
///   <name>       ::= immediate buffer n, n bytes          ; takes the next index
///                  | reference buffer n                   ; the name with index n
///   <tuple>      ::= immediate tuple n, (<name> <value>) * n          ; takes the next index, before what it
///   holds
///                  | reference tuple n, <index:varint>, (<name> <value>) * n  ; n more edits of a known
///                  tuple
///   <vector>     ::= the same with type vector and without names; the edits of a known vector replace from
///   the front <string>     ::= immediate string n, n bytes          ; takes no index <integer>    ::=
///   immediate integer s, <magnitude:varint>          ; s = 1: negative <flag>       ::= 0x81 0x00 ; there,
///   without a value <deletion>   ::= 0x80                                 ; removes the attribute <text> ::=
///   immediate buffer n, n bytes          ; version 4 only: every scalar is text
///
/// Indices count from 1 through the whole log, so index 1 is the first tuple: the root. Later edits win. A
/// name must not be introduced twice: a kernel that goes on with the log counts its distinct entries to find
/// the next index.
///
/// The tree: a directory is a tuple with "children" (a tuple of names), a file one with "extents" and
/// "filelength", a symbolic link one with "linktarget". The name of an extent is the sector of the file it
/// holds, in decimal; its value has "offset" (the first sector), "length" (sectors of data), "allocated"
/// (sectors taken) and perhaps the flag "uninited" (reads as zeros). What no extent covers reads as zeros.
/// The root's other attributes are the kernel's configuration.
namespace faasc::tfs {

inline constexpr std::uint64_t kSectorSize = 512;
inline constexpr std::string_view kMagic = "NVMTFS";
inline constexpr std::uint64_t kVersion = 5;  // kernels from 0.1.47 on; they read version 4 as well
inline constexpr std::uint64_t kOldVersion = 4;
inline constexpr std::size_t kUuidBytes = 16;
inline constexpr std::size_t kMaxLabelBytes = 31;

enum class RecordType : std::uint8_t {
  EndOfLog = 1,
  Value = 2,
  Continuation = 3,
  EndOfSegment = 4,
  Link = 5,
};

enum class ValueType : std::uint8_t { Buffer = 0, Tuple = 1, Vector = 2, Integer = 3, String = 4 };

inline constexpr std::uint64_t kExtensionSectors = 1024;       // some readers insist on this
inline constexpr std::uint64_t kMaxExtentSectors = 32u << 11;  // 32 MiB, as upstream's writer has it

}  // namespace faasc::tfs
