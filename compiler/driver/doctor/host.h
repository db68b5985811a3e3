#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "launcher/known_kvm.h"
#include "launcher/uefi_firmware.h"

namespace faasc {

/// What `faasc doctor` asks this host. An interface, so that every answer can be given in a test.
class Host {
 public:
  virtual ~Host() = default;
  /// The program's path: in PATH, or itself where `name` is absolute. Nothing where it cannot be executed.
  virtual std::optional<std::filesystem::path> program(const std::string& name) const = 0;
  /// The first line that `argv` prints; nothing where it fails.
  virtual std::optional<std::string> first_line_of(const std::vector<std::string>& argv) const = 0;
  /// Whether a part of faasc's own installation is there: "libexec/faasc/faasc-cxx".
  virtual bool has_part(std::string_view path) const = 0;
  virtual bool is_file(const std::filesystem::path& path) const = 0;
  /// "nanos@0.1.55" and the like, the default first.
  virtual std::vector<std::string> kernels() const = 0;
  virtual KvmVerdict kvm() const = 0;
  /// A UEFI firmware for machines; empty where there is none.
  virtual std::filesystem::path uefi_firmware() const = 0;
  /// The directory of the kernel store, and the bytes that are free where it is or will be.
  virtual std::filesystem::path store() const = 0;
  virtual std::optional<std::uint64_t> free_bytes(const std::filesystem::path& path) const = 0;
};

/// The one we run on.
class ThisHost : public Host {
 public:
  /// What is measured is kept in `cache`, as known_kvm() has it.
  static Result<ThisHost> look(const std::filesystem::path& cache);

  std::optional<std::filesystem::path> program(const std::string& name) const override;
  std::optional<std::string> first_line_of(const std::vector<std::string>& argv) const override;
  bool has_part(std::string_view path) const override;
  bool is_file(const std::filesystem::path& path) const override;
  std::vector<std::string> kernels() const override { return kernels_; }
  KvmVerdict kvm() const override { return renewed_kvm(cache_).verdict; }
  std::filesystem::path uefi_firmware() const override { return find_uefi_firmware("x86_64"); }
  std::filesystem::path store() const override { return store_; }
  std::optional<std::uint64_t> free_bytes(const std::filesystem::path& path) const override;

 private:
  std::filesystem::path cache_, prefix_, store_;
  std::vector<std::string> kernels_;
};

}  // namespace faasc
