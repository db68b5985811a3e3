#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// A filter of system calls for seccomp(2), as struct sock_filter[], with which Linux serves what Nanos
/// serves. What Nanos does without doing anything (answer 0) the filter does, too; every call that it refuses
/// is asked about (SECCOMP_RET_USER_NOTIF), but for those that libraries only try. So are exec, which has to
/// work once, and clone3, whose flags a filter does not see. Where the table of calls comes from:
/// packager/calls/nanos_calls.h.
Result<std::string> nanos_call_filter();

/// "openat" of this architecture's number, or "system call 1234".
std::string call_name(int number);
/// -1 where there is no such call.
int call_number(std::string_view name);

}  // namespace faasc
