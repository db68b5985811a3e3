/* What a machine is told besides what it is to run: in its root as /etc/faasc/settings, and for one run of it
 * on a disk that begins with the same and has zeros after it. What the disk says comes on top.
 *
 *   <settings> ::= <string:"faasc-settings 1"> <options> <count> <variable>* <count> <mount>*
 *   <options>  ::= a <string> like a part of the kernel command line ("faasc.ip=10.0.0.2/24 faasc.gw=off")
 *   <mount>    ::= <kind> <name> <directory> <access>
 *   <kind>     ::= <string:"share">, and <name> is the tag of a 9p share
 *                | <string:"volume">, and <name> is the label of an ext4
 *   <access>   ::= <string:"rw"> | <string:"ro">
 *
 * Strings and counts are those of program_file.h; a variable is "NAME=value", and takes the place of one with
 * its name; a directory is an absolute path.
 */
#ifndef FAASC_INIT_SETTINGS_H
#define FAASC_INIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "program_file.h"

#define FAASC_SETTINGS_PATH "/etc/faasc/settings"
#define FAASC_SETTINGS_MAGIC "faasc-settings 1"
#define FAASC_SETTINGS_MAX_BYTES (64 * 1024)
#define FAASC_SETTINGS_MAX_MOUNTS 32

struct mount_point {
  bool share; /* otherwise a volume */
  bool read_only;
  char* name;
  char* directory;
};

struct settings {
  char* options;
  char* variables[FAASC_PROGRAM_MAX_STRINGS + 1]; /* ends with a null pointer */
  unsigned mount_count;
  struct mount_point mounts[FAASC_SETTINGS_MAX_MOUNTS];
};

/* Fills `out` with pointers into `bytes`. Zeros may follow. Null on success, else what is wrong, in a few
 * words. */
const char* parse_settings(char* bytes, size_t size, struct settings* out);

/* Puts `variables` into the program's environment, in the place of those with the same names. False where
 * there is no room for all of them. */
bool add_variables(char* const* variables, struct program* program);

#endif
