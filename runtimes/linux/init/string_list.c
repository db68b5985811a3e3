#include "string_list.h"

#include "text.h"

char* take_string(struct string_reader* reader) {
  char* start = reader->at;
  for (char* p = start; p < reader->end; ++p) {
    if (*p) continue;
    reader->at = p + 1;
    return start;
  }
  return 0;
}

const char* take_count(struct string_reader* reader, unsigned long limit, unsigned long* count) {
  const char* digits = take_string(reader);
  if (!digits) return "it ends too soon";
  if (!text_number(digits, text_length(digits), limit, count)) return "it has a count that cannot be";
  return 0;
}

const char* take_list(struct string_reader* reader, unsigned long limit, char** list) {
  unsigned long count;
  const char* problem = take_count(reader, limit, &count);
  if (problem) return problem;
  for (unsigned long i = 0; i < count; ++i)
    if (!(list[i] = take_string(reader))) return "it ends too soon";
  list[count] = 0;
  return 0;
}
