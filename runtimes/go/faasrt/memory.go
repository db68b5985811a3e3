package faasrt

import (
	"os"
	"runtime/debug"
	"syscall"
)

// limitMemory tells the garbage collector what the machine has: it collects before the memory is used up, and
// not at a heap of twice the live size, which may be more than there is. GOMEMLIMIT goes before it. What is
// left is the kernel's, for its page cache and the network.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return
	}
	unit := uint64(info.Unit)
	if unit == 0 {
		unit = 1
	}
	total := uint64(info.Totalram) * unit
	const least = 16 << 20
	if total < least {
		return
	}
	debug.SetMemoryLimit(int64(total / 10 * 8))
}

// Prepare is for programs that serve by themselves.
func Prepare() { limitMemory() }
