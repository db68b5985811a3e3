#pragma once

namespace faasc {

// This host.
inline constexpr const char* kNoQemu = "FAASC0701";       // QEMU is not installed
inline constexpr const char* kKvmUnusable = "FAASC0702";  // KVM was asked for and cannot be used
inline constexpr const char* kPortInUse = "FAASC0703";    // a host port is taken, or not ours to take
inline constexpr const char* kQemuRefused = "FAASC0704";  // QEMU would not run the machine, or gave up
inline constexpr const char* kQemuRefusedHint =
    "'-v' shows QEMU's command line; see with 'faasc doctor' whether this host runs machines at all";
inline constexpr const char* kMonitorFailed = "FAASC0705";  // QEMU stopped answering
inline constexpr const char* kKernelMissing =
    "FAASC0706";  // the kernel of a direct boot, and no other way to boot
inline constexpr const char* kCannotBoot =
    "FAASC0707";  // the machine that was asked for cannot boot this image
inline constexpr const char* kWrongMachine =
    "FAASC0730";  // the machine that was asked for is of another architecture
inline constexpr const char* kVariableNotSet = "FAASC0739";  // --env NAME, which the host does not have
inline constexpr const char* kNoSettingsDisk = "FAASC0740";  // the image's init reads none
// What a guest mounts beside its root.
inline constexpr const char* kBadMountOption = "FAASC0747";  // --volume or --share that means nothing
inline constexpr const char* kVolumeInUse = "FAASC0748";
inline constexpr const char* kVolumeInUseHint =
    "stop that machine ('faasc ps' lists those in the background), or give the volume to both with ':ro'";
inline constexpr const char* kVolumeMissing = "FAASC0759";  // not there, or not ours to open
inline constexpr const char* kMountUnmet = "FAASC0750";     // the function mounts what nobody gave it
inline constexpr const char* kMountConflict = "FAASC0751";  // with another mount, or with what the image says
inline constexpr const char* kNoMountPoint = "FAASC0752";   // no directory of the image
inline constexpr const char* kShareRefused = "FAASC0753";  // this host or this guest cannot share directories
// Networks of the host.
inline constexpr const char* kBadNetOption = "FAASC0754";  // --net, --ip and the like that mean nothing
inline constexpr const char* kNoHostNetwork =
    "FAASC0755";  // no such tap device or bridge, or not ours to use
inline constexpr const char* kGuestCannotNet = "FAASC0756";  // what this guest's kernel cannot do
// Machines in the background.
inline constexpr const char* kNoSuchMachine = "FAASC0743";
inline constexpr const char* kSeveralMachines = "FAASC0744";  // of one name
inline constexpr const char* kRegistryNotOurs = "FAASC0745";  // the directory that lists them
inline constexpr const char* kKeeperDied = "FAASC0746";       // killed, and the machine with it

inline constexpr const char* kNoUefiFirmware = "FAASC0589";  // UEFI was asked for, and none is installed

// A process instead of a machine.
inline constexpr const char* kNoBubblewrap = "FAASC0760";    // bubblewrap is not installed
inline constexpr const char* kNoSandbox = "FAASC0761";       // bubblewrap could not make a sandbox
inline constexpr const char* kProcessRefused = "FAASC0762";  // the program could not be started in it
inline constexpr const char* kProcessCannot = "FAASC0763";   // what was asked for needs a machine
inline constexpr const char* kCallRefused = "FAASC0764";     // a system call that a unikernel does not serve

// VMMs other than QEMU.
inline constexpr const char* kNoVmm = "FAASC0724";        // it is not installed
inline constexpr const char* kVmmNeedsKvm = "FAASC0725";  // and KVM cannot be used, or crawls
inline constexpr const char* kVmmCannot = "FAASC0726";    // what was asked for is QEMU's only
inline constexpr const char* kVmmSaysNo = "FAASC0727";    // its API refuses the machine
inline constexpr const char* kVmmSilent = "FAASC0728";    // its API does not answer

// Debugging.
inline constexpr const char* kNoDebugger =
    "FAASC0766";  // gdb is not there, or the guest does not stand for it

// The guest.
inline constexpr const char* kGuestExited = "FAASC0710";      // with a status other than 0
inline constexpr const char* kGuestKilled = "FAASC0711";      // a signal ended the program
inline constexpr const char* kGuestCrashed = "FAASC0712";     // reset, triple fault, kernel halt
inline constexpr const char* kGuestNotReady = "FAASC0713";    // within its time
inline constexpr const char* kQemuKilled = "FAASC0714";       // a signal from outside ended QEMU
inline constexpr const char* kGuestEndedEarly = "FAASC0715";  // well, but something was still wanted of it
inline constexpr const char* kGuestNotStopped = "FAASC0716";  // within its grace period

// Requests.
inline constexpr const char* kNoConnection = "FAASC0720";
inline constexpr const char* kRequestTimedOut = "FAASC0721";
inline constexpr const char* kBadResponse = "FAASC0722";  // not HTTP, cut short, or too large
inline constexpr const char* kBadRegex = "FAASC0723";     // in an expectation
// Tests.
inline constexpr const char* kNotEnoughMemory = "FAASC0738";  // to begin a search for less

}  // namespace faasc
