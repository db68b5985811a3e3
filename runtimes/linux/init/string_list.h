/* Files that are a sequence of strings, each ended by a NUL: program_file.h, settings.h. */
#ifndef FAASC_INIT_STRING_LIST_H
#define FAASC_INIT_STRING_LIST_H

#include <stddef.h>

struct string_reader {
  char* at;
  char* end;
};

/* The next string, or null where no NUL ends it. */
char* take_string(struct string_reader* reader);

/* A count of at most `limit`, in decimal digits. Null on success, else what is wrong. */
const char* take_count(struct string_reader* reader, unsigned long limit, unsigned long* count);

/* A count and so many strings, to which a null pointer is added; `list` has room for `limit` + 1. Null on
 * success, else what is wrong. */
const char* take_list(struct string_reader* reader, unsigned long limit, char** list);

#endif
