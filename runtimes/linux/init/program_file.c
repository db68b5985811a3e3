#include "program_file.h"

#include "string_list.h"
#include "text.h"

const char* parse_program(char* bytes, size_t size, struct program* out) {
  struct string_reader reader = {bytes, bytes + size};
  const char* problem;
  const char* magic = take_string(&reader);
  if (!magic || !text_equal(magic, "faasc-program 1")) return "it does not begin with 'faasc-program 1'";
  if (!(out->directory = take_string(&reader))) return "it ends too soon";
  if (!(out->executable = take_string(&reader))) return "it ends too soon";
  if (out->directory[0] != '/' || out->executable[0] != '/') return "it has a path that is not absolute";
  if ((problem = take_list(&reader, FAASC_PROGRAM_MAX_STRINGS, out->argv))) return problem;
  if ((problem = take_list(&reader, FAASC_PROGRAM_MAX_STRINGS, out->envp))) return problem;
  if (!out->argv[0]) return "it has no arguments";
  return reader.at == reader.end ? 0 : "something follows its end";
}
