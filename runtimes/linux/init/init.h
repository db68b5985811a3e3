/* What the parts of init offer each other. */
#ifndef FAASC_INIT_INIT_H
#define FAASC_INIT_INIT_H

#include <stdbool.h>
#include <stddef.h>

#include "command_line.h"
#include "program_file.h"
#include "settings.h"

/* report.c: lines on the console, "faasc-init: …". The pieces after the first may be null. */
void report(const char* a, const char* b, const char* c, const char* d);
/* "<a><b><c>: error 2 (no such file or directory)"; `error` is a negative errno. */
void report_error(const char* a, const char* b, const char* c, int error);
const char* signal_name(int signal);

/* files.c */
/* Reads a file of less than `room` bytes and ends it with a NUL. Its size, or a negative errno; -EFBIG where
 * it is larger. */
long read_whole_file(const char* path, char* buffer, size_t room);
int write_whole_file(const char* path, const char* text);

/* mounts.c */
void mount_kernel_filesystems(void); /* /proc and /dev, which init itself needs */
/* Goes into the root disk. Where the initramfs is the root, there is nothing to be entered. */
bool enter_root(const struct options* options);
/* What is only to be read, or to take so much memory and no more, is made so before the program starts. */
void finish_root(const struct options* options);
/* The first bytes of the disk that begins with `magic` and its NUL, into `buffer`. 0 where there is none. */
long read_disk_with(const char* magic, char* buffer, size_t room);
/* Mounts a share or a volume; the directory is made where that is possible. False where it did not work. */
bool mount_at(const struct mount_point* mount);
/* So that whoever mounts a volume next finds nothing to mend, which one that is only to be read could not. */
void unmount_volumes(void);
void mount_program_filesystems(void); /* /sys, /dev/shm, /tmp, /run; in the root */

/* modules.c */
void load_modules(void);
void load_erofs(void); /* before the root is entered */
/* Those that only shares need, once it is known whether there are any; in the new root, with its /proc. */
void finish_modules(bool has_shares);

/* network.c */
void set_up_network(const struct options* options);
/* Starts what keeps an address that was asked for; the program need not wait for that. */
void keep_network(const struct options* options);

/* power_button.c: descriptors that become readable when the button is pressed. */
#define MAX_POWER_BUTTONS 8
int open_power_buttons(int fds[MAX_POWER_BUTTONS]);
bool power_button_pressed(int fd);

/* supervisor.c: runs the program and stays until it ends. */
struct ending {
  int status; /* exit status, or */
  int signal; /* the signal that killed it; 0 otherwise */
};
struct ending run_program(const struct options* options, struct program* program);

/* exit.c: does not return. `code` is what the exit port gets. */
__attribute__((noreturn)) void power_down(unsigned exit_port, int code);

#endif
