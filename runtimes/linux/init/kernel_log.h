/* What the kernel has to say of the program's end. */
#ifndef FAASC_INIT_KERNEL_LOG_H
#define FAASC_INIT_KERNEL_LOG_H

#include <stddef.h>

/* The last line of `size` bytes of the kernel's log that tells where a program had no business: "f[95]:
 * segfault at 10 ip …". Without its level and time, and ended with a NUL in `log`, which has room for one
 * more byte. Null where there is none. What the kernel says of memory that ran out is on the console anyway.
 */
const char* words_about_the_end(char* log, size_t size);

#endif
