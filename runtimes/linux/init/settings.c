#include "settings.h"

#include "string_list.h"
#include "text.h"

static const char* take_mount(struct string_reader* reader, struct mount_point* out) {
  const char* kind = take_string(reader);
  out->name = take_string(reader);
  out->directory = take_string(reader);
  const char* access = take_string(reader);
  if (!kind || !out->name || !out->directory || !access) return "it ends too soon";
  out->share = text_equal(kind, "share");
  out->read_only = text_equal(access, "ro");
  if ((!out->share && !text_equal(kind, "volume")) || (!out->read_only && !text_equal(access, "rw")))
    return "it has a mount of an unknown kind";
  return out->directory[0] == '/' ? 0 : "it has a path that is not absolute";
}

const char* parse_settings(char* bytes, size_t size, struct settings* out) {
  struct string_reader reader = {bytes, bytes + size};
  const char* problem;
  unsigned long count;
  const char* magic = take_string(&reader);
  if (!magic || !text_equal(magic, FAASC_SETTINGS_MAGIC))
    return "it does not begin with '" FAASC_SETTINGS_MAGIC "'";
  if (!(out->options = take_string(&reader))) return "it ends too soon";
  if ((problem = take_list(&reader, FAASC_PROGRAM_MAX_STRINGS, out->variables))) return problem;
  if ((problem = take_count(&reader, FAASC_SETTINGS_MAX_MOUNTS, &count))) return problem;
  out->mount_count = (unsigned)count;
  for (unsigned i = 0; i < out->mount_count; ++i)
    if ((problem = take_mount(&reader, &out->mounts[i]))) return problem;
  while (reader.at < reader.end)
    if (*reader.at++) return "something follows its end";
  return 0;
}

static bool same_name(const char* a, const char* b) {
  while (*a && *a == *b && *a != '=') ++a, ++b;
  return *a == *b && *a == '=';
}

bool add_variables(char* const* variables, struct program* program) {
  size_t count = 0;
  while (program->envp[count]) ++count;
  for (; *variables; ++variables) {
    size_t at = 0;
    while (at < count && !same_name(program->envp[at], *variables)) ++at;
    if (at == FAASC_PROGRAM_MAX_STRINGS) return false;
    program->envp[at] = *variables;
    if (at == count) program->envp[++count] = 0;
  }
  return true;
}
