#pragma once

#include <string>

namespace faasc {

/// Is told what a build does. Steps may overlap, and come from any thread.
class BuildProgress {
 public:
  virtual ~BuildProgress() = default;
  using StepId = int;
  virtual StepId started(const std::string& what) = 0;  ///< "compiling hello.cc"
  virtual void finished(StepId step) = 0;
  virtual void failed(StepId step) = 0;
  /// Something worth knowing that is neither step nor complaint; shown with -v.
  virtual void note(const std::string& text) = 0;
};

/// Tells nobody.
class SilentProgress : public BuildProgress {
 public:
  StepId started(const std::string& /*what*/) override { return 0; }
  void finished(StepId /*step*/) override {}
  void failed(StepId /*step*/) override {}
  void note(const std::string& /*text*/) override {}
};

/// One step: failed unless done() was called.
class BuildStep {
 public:
  BuildStep(BuildProgress& progress, const std::string& what)
      : progress_(progress), id_(progress.started(what)) {}
  BuildStep(const BuildStep&) = delete;
  BuildStep& operator=(const BuildStep&) = delete;
  ~BuildStep() {
    if (!done_) progress_.failed(id_);
  }
  void done() {
    progress_.finished(id_);
    done_ = true;
  }

 private:
  BuildProgress& progress_;
  BuildProgress::StepId id_;
  bool done_ = false;
};

}  // namespace faasc
