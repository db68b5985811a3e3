#include "text.h"

size_t text_length(const char* text) {
  size_t length = 0;
  while (text[length]) ++length;
  return length;
}

bool text_equal(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

bool text_number(const char* text, size_t size, unsigned long limit, unsigned long* out) {
  unsigned long base = 10, value = 0;
  if (size > 2 && text[0] == '0' && text[1] == 'x') {
    base = 16;
    text += 2;
    size -= 2;
  }
  if (size == 0) return false;
  for (size_t i = 0; i < size; ++i) {
    unsigned long digit;
    char c = text[i];
    if (c >= '0' && c <= '9')
      digit = (unsigned long)(c - '0');
    else if (base == 16 && c >= 'a' && c <= 'f')
      digit = (unsigned long)(c - 'a') + 10;
    else if (base == 16 && c >= 'A' && c <= 'F')
      digit = (unsigned long)(c - 'A') + 10;
    else
      return false;
    if (value > limit / base) return false;
    value = value * base + digit;
    if (value > limit) return false;
  }
  *out = value;
  return true;
}

void text_decimal(unsigned long value, char* out) {
  char digits[20];
  size_t count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count > 0) *out++ = digits[--count];
  *out = 0;
}

bool text_append(char* out, size_t room, const char* text) {
  size_t used = text_length(out);
  while (*text && used + 1 < room) out[used++] = *text++;
  out[used] = 0;
  return !*text;
}
