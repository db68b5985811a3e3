#include "program_file.h"

#include "text.h"

struct reader {
  char* at;
  char* end;
};

/* The next string, or null where no NUL ends it. */
static char* take_string(struct reader* reader) {
  char* start = reader->at;
  for (char* p = start; p < reader->end; ++p) {
    if (*p) continue;
    reader->at = p + 1;
    return start;
  }
  return 0;
}

static const char* take_list(struct reader* reader, char** list) {
  unsigned long count;
  const char* digits = take_string(reader);
  if (!digits) return "it ends too soon";
  if (!text_number(digits, text_length(digits), FAASC_PROGRAM_MAX_STRINGS, &count))
    return "it has a count that cannot be";
  for (unsigned long i = 0; i < count; ++i)
    if (!(list[i] = take_string(reader))) return "it ends too soon";
  list[count] = 0;
  return 0;
}

const char* parse_program(char* bytes, size_t size, struct program* out) {
  struct reader reader = {bytes, bytes + size};
  const char* problem;
  const char* magic = take_string(&reader);
  if (!magic || !text_equal(magic, "faasc-program 1")) return "it does not begin with 'faasc-program 1'";
  if (!(out->directory = take_string(&reader))) return "it ends too soon";
  if (!(out->executable = take_string(&reader))) return "it ends too soon";
  if (out->directory[0] != '/' || out->executable[0] != '/') return "it has a path that is not absolute";
  if ((problem = take_list(&reader, out->argv))) return problem;
  if ((problem = take_list(&reader, out->envp))) return problem;
  if (!out->argv[0]) return "it has no arguments";
  return reader.at == reader.end ? 0 : "something follows its end";
}
