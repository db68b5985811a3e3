/* The file /etc/faasc/program, which says what to run.
 *
 *   <file>   ::= <string:"faasc-program 1"> <directory> <executable> <count> <argument>* <count> <variable>*
 *   <count>  ::= a <string> of decimal digits: how many follow
 *   <string> ::= bytes other than NUL, then a NUL
 *
 * The directory and the executable are absolute paths; a variable is "NAME=value". Nothing follows the last
 * string.
 */
#ifndef FAASC_INIT_PROGRAM_FILE_H
#define FAASC_INIT_PROGRAM_FILE_H

#include <stddef.h>

#define FAASC_PROGRAM_PATH "/etc/faasc/program"
#define FAASC_PROGRAM_MAX_BYTES (256 * 1024)
#define FAASC_PROGRAM_MAX_STRINGS 2048 /* of arguments, and of variables */

struct program {
  char* directory;
  char* executable;
  char* argv[FAASC_PROGRAM_MAX_STRINGS + 1]; /* ends with a null pointer, as envp does */
  char* envp[FAASC_PROGRAM_MAX_STRINGS + 1];
};

/* Fills `out` with pointers into `bytes`. Null on success, else what is wrong, in a few words. */
const char* parse_program(char* bytes, size_t size, struct program* out);

#endif
