#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "google/cloud/functions/version.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// One event, as the CloudEvents specification names its attributes.
class CloudEvent {
 public:
  static constexpr char const* kDefaultSpecVersion = "1.0";
  using ClockType = std::chrono::system_clock;
  using time_point = ClockType::time_point;

  CloudEvent(std::string id, std::string source, std::string type,
             std::string spec_version = kDefaultSpecVersion)
      : id_(std::move(id)),
        source_(std::move(source)),
        type_(std::move(type)),
        spec_version_(std::move(spec_version)) {}

  [[nodiscard]] std::string id() const { return id_; }
  [[nodiscard]] std::string source() const { return source_; }
  [[nodiscard]] std::string type() const { return type_; }
  [[nodiscard]] std::string spec_version() const { return spec_version_; }

  [[nodiscard]] std::optional<std::string> data_content_type() const { return data_content_type_; }
  [[nodiscard]] std::optional<std::string> data_schema() const { return data_schema_; }
  [[nodiscard]] std::optional<std::string> subject() const { return subject_; }
  [[nodiscard]] std::optional<time_point> time() const { return time_; }
  /// The payload's bytes; JSON data arrives as its text.
  [[nodiscard]] std::optional<std::string> data() const& { return data_; }
  [[nodiscard]] std::optional<std::string> data() && { return std::move(data_); }

  void set_data_content_type(std::string v) { data_content_type_ = std::move(v); }
  void reset_data_content_type() { data_content_type_.reset(); }

  void set_data_schema(std::string v) { data_schema_ = std::move(v); }
  void reset_data_schema() { data_schema_.reset(); }

  void set_subject(std::string v) { subject_ = std::move(v); }
  void reset_subject() { subject_.reset(); }

  void set_time(time_point tp) { time_ = tp; }
  /// Takes an RFC 3339 timestamp with any number of fractional digits and any offset; throws
  /// std::invalid_argument on anything else.
  void set_time(std::string const& timestamp);
  void reset_time() { time_.reset(); }

  void set_data(std::string v) { data_ = std::move(v); }
  void reset_data() { data_.reset(); }

 private:
  std::string id_;
  std::string source_;
  std::string type_;
  std::string spec_version_;
  std::optional<std::string> data_content_type_;
  std::optional<std::string> data_schema_;
  std::optional<std::string> subject_;
  std::optional<time_point> time_;
  std::optional<std::string> data_;
};

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
