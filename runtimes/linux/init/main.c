/* faasc's init: the first process of a Linux machine that does nothing but run one program.
 *
 * It lies as /init in the initramfs, beside the kernel modules that lead to the root disk; from there on it
 * works in that disk, whose /etc/faasc/program names the program. Where that file is in the initramfs, there
 * is no root disk. It ends with one of these lines on the
 * console,
 *
 *   faasc-init: program exited with status N
 *   faasc-init: program was killed by signal N (SIGNAME)
 *   faasc-init: cannot start the machine
 *
 * and the status on the exit port: the low 7 bits of the program's exit status, or the signal's number; 125
 * where there was no program to run. Whoever reads the console has the whole status. The line may follow an
 * unfinished one of the program's.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>

#include "init.h"
#include "kernel_log.h"
#include "syscalls.h"
#include "text.h"

#define CANNOT_START 125

static char command_line[4096];
static char program_bytes[FAASC_PROGRAM_MAX_BYTES];
static struct program program;
static char root_settings_bytes[FAASC_SETTINGS_MAX_BYTES], disk_settings_bytes[FAASC_SETTINGS_MAX_BYTES];
static struct settings root_settings, disk_settings;

__attribute__((noreturn)) static void cannot_start(const struct options* options) {
  report("cannot start the machine", 0, 0, 0);
  power_down(options->exit_port, CANNOT_START);
}

/* The kernel opens /dev/console for init if it finds one, which depends on its built-in initramfs. */
static void open_console(void) {
  int fd = sys_open("/dev/console", O_RDWR, 0);
  if (fd < 0) return;
  for (int i = 0; i < 3; ++i)
    if (fd != i) sys_dup2(fd, i);
  if (fd > 2) sys_close(fd);
}

static bool read_program(void) {
  long size = read_whole_file(FAASC_PROGRAM_PATH, program_bytes, sizeof program_bytes);
  if (size < 0) {
    report_error("cannot read '" FAASC_PROGRAM_PATH "'", 0, 0, (int)size);
    return false;
  }
  const char* problem = parse_program(program_bytes, (size_t)size, &program);
  if (problem) report("'" FAASC_PROGRAM_PATH "' is damaged: ", problem, 0, 0);
  return !problem;
}

/* `size` as of reading `bytes`. No settings are fine. */
static bool read_settings(const char* where, char* bytes, long size, struct settings* settings) {
  if (size == 0 || size == -ENOENT) return true;
  const char* problem = 0;
  if (size < 0)
    report_error("cannot read the settings in ", where, 0, (int)size);
  else if ((problem = parse_settings(bytes, (size_t)size, settings)))
    report("the settings in ", where, " are damaged: ", problem);
  return size > 0 && !problem;
}

enum {
  kReadLog = 3,      /* SYSLOG_ACTION_READ_ALL: the end of it, where it is longer than the buffer */
  kConsoleLevel = 8, /* SYSLOG_ACTION_CONSOLE_LEVEL */
};

static bool apply_settings(const struct settings* settings, struct options* options) {
  char complaint[64] = "";
  if (settings->options) add_options(settings->options, options, complaint, sizeof complaint);
  if (complaint[0]) report("cannot make sense of '", complaint, "' in the settings", 0);
  return !complaint[0];
}

static bool has_shares(const struct settings* settings) {
  for (unsigned i = 0; i < settings->mount_count; ++i)
    if (settings->mounts[i].share) return true;
  return false;
}

static bool mount_all(const struct settings* settings) {
  bool all = true;
  for (unsigned i = 0; i < settings->mount_count; ++i) all = mount_at(&settings->mounts[i]) && all;
  return all;
}

__attribute__((noreturn, used)) void init_main(void) {
  struct options options;
  char complaint[64], number[21];
  mount_kernel_filesystems();
  open_console();
  long size = read_whole_file("/proc/cmdline", command_line, sizeof command_line);
  parse_command_line(size < 0 ? "" : command_line, &options, complaint, sizeof complaint);
  if (complaint[0]) report("cannot make sense of '", complaint, "' on the kernel command line", 0);
  load_modules();
  if (!enter_root(&options)) cannot_start(&options);
  mount_program_filesystems();
  size = read_whole_file(FAASC_SETTINGS_PATH, root_settings_bytes, sizeof root_settings_bytes);
  if (!read_settings("'" FAASC_SETTINGS_PATH "'", root_settings_bytes, size, &root_settings) ||
      !apply_settings(&root_settings, &options))
    cannot_start(&options);
  size = read_disk_with(FAASC_SETTINGS_MAGIC, disk_settings_bytes, sizeof disk_settings_bytes);
  if (!read_settings("a disk", disk_settings_bytes, size, &disk_settings) ||
      !apply_settings(&disk_settings, &options))
    cannot_start(&options);
  sys_sethostname(options.hostname, text_length(options.hostname));
  set_up_network(&options);
  finish_modules(has_shares(&root_settings) || has_shares(&disk_settings));
  if (!mount_all(&root_settings) || !mount_all(&disk_settings) || !read_program()) cannot_start(&options);
  if (!add_variables(root_settings.variables, &program) ||
      !add_variables(disk_settings.variables, &program)) {
    report("there are too many variables in the settings", 0, 0, 0);
    cannot_start(&options);
  }
  finish_root(&options);
  /* What the kernel has to say while the program runs, a kill for lack of memory first of all, is of
   * interest. */
  sys_syslog(kConsoleLevel, 0, 4);

  struct ending ending = run_program(&options, &program);
  if (ending.signal) {
    static char log[64 * 1024];
    long size = sys_syslog(kReadLog, log, sizeof log - 1);
    const char* words = size > 0 ? words_about_the_end(log, (size_t)size) : NULL;
    if (words) report("the kernel says: ", words, 0, 0);
  }
  text_decimal((unsigned long)(ending.signal ? ending.signal : ending.status), number);
  if (ending.signal) {
    char name[32] = " (";
    text_append(name, sizeof name, signal_name(ending.signal));
    text_append(name, sizeof name, ")");
    report("program was killed by signal ", number, name, 0);
  } else {
    report("program exited with status ", number, 0, 0);
  }
  power_down(options.exit_port, (ending.signal ? ending.signal : ending.status) & 0x7f);
}

/* The kernel starts a process with the stack aligned and no return address on it. */
__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xorl %ebp, %ebp\n"
    "  call init_main\n"
    "  hlt\n");

/* The compiler turns initialisations and copies of structures into calls of these. */
__attribute__((used)) void* memset(void* to, int byte, size_t size) {
  for (size_t i = 0; i < size; ++i) ((volatile char*)to)[i] = (char)byte;
  return to;
}
__attribute__((used)) void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  for (size_t i = 0; i < size; ++i) ((volatile char*)to)[i] = ((const char*)from)[i];
  return to;
}
