#include "kernel_log.h"

#include <stdbool.h>

#include "text.h"

static bool contains(const char* text, const char* words) {
  for (; *text; ++text) {
    size_t i = 0;
    while (words[i] && text[i] == words[i]) ++i;
    if (!words[i]) return true;
  }
  return false;
}

const char* words_about_the_end(char* log, size_t size) {
  const char* found = NULL;
  log[size] = 0;
  for (char* line = log; *line;) {
    char* end = line;
    while (*end && *end != '\n') ++end;
    char* next = *end ? end + 1 : end;
    *end = 0;
    /* "<6>[    1.234567] " */
    char* words = line;
    while (*words && *words != ']') ++words;
    words = words[0] == ']' && words[1] == ' ' ? words + 2 : line;
    if (contains(words, ": segfault at ")) found = words;
    line = next;
  }
  return found;
}
