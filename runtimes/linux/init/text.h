/* Bytes and numbers. */
#ifndef FAASC_INIT_TEXT_H
#define FAASC_INIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

size_t text_length(const char* text);
bool text_equal(const char* a, const char* b);

/* Reads an unsigned number that takes up all of `size` bytes: decimal, or hexadecimal after "0x". False where
   there is none, or where it is larger than `limit`. */
bool text_number(const char* text, size_t size, unsigned long limit, unsigned long* out);

/* Writes `value` in decimal with its NUL. `out` has room for at least 21 bytes. */
void text_decimal(unsigned long value, char* out);

/* Appends as much of `text` to the string in `out` as `room` bytes hold with the NUL. False where that is not
 * all. */
bool text_append(char* out, size_t room, const char* text);

#endif
