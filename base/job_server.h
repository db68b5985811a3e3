#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace faasc {

/// The pool of tokens that GNU make shares among what it starts, so that all together run as many jobs as
/// `make -j` says (GNU make manual, "Sharing Job Slots with GNU make"). Every process has one job for
/// nothing; each further one takes a token, one byte, out of a pipe and puts the same byte back.
///
/// Tokens go back when their holder is destroyed, and also where a second Ctrl-C ends the process at once.
/// Only SIGKILL loses them.
class JobServer {
 public:
  /// What MAKEFLAGS says: "--jobserver-auth=fifo:PATH" (make 4.4), "--jobserver-auth=R,W" or, of make before
  /// 4.2, "--jobserver-fds=R,W". Nothing where it names none, or descriptors that make has not left open,
  /// as it does not for a recipe without '+'.
  static std::unique_ptr<JobServer> from(std::string_view makeflags);
  ~JobServer();
  JobServer(const JobServer&) = delete;
  JobServer& operator=(const JobServer&) = delete;

  /// Tokens that are held until this is destroyed.
  class Tokens {
   public:
    Tokens(JobServer* server, std::string bytes) : server_(server), bytes_(std::move(bytes)) {}
    Tokens(Tokens&& other) noexcept
        : server_(other.server_), bytes_(std::exchange(other.bytes_, std::string())) {}
    Tokens& operator=(Tokens&&) = delete;
    ~Tokens();
    std::size_t count() const { return bytes_.size(); }

   private:
    JobServer* server_;
    std::string bytes_;
  };

  /// As many as are free now, `most` at most.
  Tokens take_free(std::size_t most);
  /// One; waits for it, but no longer than until `stop`, a descriptor, is readable.
  std::optional<Tokens> take(const Fd& stop);

 private:
  JobServer(Fd in, Fd out) : in_(std::move(in)), out_(std::move(out)) {}
  void give_back(std::string_view bytes);

  Fd in_, out_;  // descriptions of our own, which do not block
};

/// That of this process's MAKEFLAGS, or null. Looked for once.
JobServer* job_server();

/// Jobs beside its own for a program that does not know of job servers: `wanted`, or what of that is free
/// now. They are held until this is destroyed.
class FurtherJobs {
 public:
  explicit FurtherJobs(std::size_t wanted) : count_(wanted) {
    if (JobServer* server = job_server()) {
      tokens_.emplace(server->take_free(wanted));
      count_ = tokens_->count();
    }
  }
  std::size_t count() const { return count_; }

 private:
  std::optional<JobServer::Tokens> tokens_;
  std::size_t count_;
};

/// Calls `work` in at most `threads` threads, of which the caller is one, and returns when all have returned.
/// Under a job server each further thread begins once there is a token for it, or never, where the work is
/// done before. `work` takes from a common store until that is empty.
void work_side_by_side(std::size_t threads, const std::function<void()>& work);

}  // namespace faasc
