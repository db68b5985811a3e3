#include "launcher/vmm_process.h"

#include <sys/prctl.h>

namespace faasc {

Result<Child> spawn_vmm(const std::vector<std::string>& argv, std::vector<int> inherited) {
  // A guest's memory is not to be rounded up to huge pages. The VMM has this from whoever starts it, beyond
  // its exec().
  ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  auto child = Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                            {.in = Stream::Null,
                             .out = Stream::Pipe,
                             .err = Stream::Pipe,
                             .own_process_group = true,
                             .inherited_fds = std::move(inherited)});
  ::prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
  return child;
}

}  // namespace faasc
