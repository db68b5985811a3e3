package faasrt

import (
	"os"
	"os/signal"
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

// Prepare is for programs that serve by themselves, and know what to do at SIGTERM.
func Prepare() { limitMemory() }

// PrepareToStop is for those that do not: SIGTERM ends them, as it would without, but by an exit. Nanos 0.1.55
// may stumble over a program that ends by a signal.
func PrepareToStop() {
	limitMemory()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		os.Exit(0)
	}()
}
