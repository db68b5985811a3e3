// Parts of the C library that every static program gets, as its other parts name them, though most never use
// them: message catalogues, behind every message, and printf(), behind malloc_stats(), which is in one file
// with malloc(). faasc links these functions in their place into programs whose own objects name nothing that
// could tell the difference (compiler/cpp/cxx/lean.h). They are weak: where the same file of glibc's is
// linked for another reason, glibc's count.

#include <algorithm>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)

extern "C" {

// What is translated only in a program that sets a locale.
__attribute__((weak)) char* faasc_rt_dcgettext(char const* domain, char const* message,
                                               int category) __asm__("__dcgettext");
char* faasc_rt_dcgettext(char const*, char const* message, int) {
  return const_cast<char*>(message);
}
__attribute__((weak)) char* dcgettext(char const* domain, char const* message, int category) noexcept {
  return faasc_rt_dcgettext(domain, message, category);
}

// glibc's own, under its inner name, with the conversions that glibc asks of it: %s, %d, %u, %n.
__attribute__((weak)) int faasc_rt_asprintf(char** result, char const* format, ...) __asm__("__asprintf");
int faasc_rt_asprintf(char** result, char const* format, ...) {
  std::size_t length = 0;
  char* text = nullptr;
  // First how long it is, then what it is.
  for (bool write : {false, true}) {
    va_list arguments;
    va_start(arguments, format);
    if (write && (text = static_cast<char*>(std::malloc(length + 1))) == nullptr) {
      va_end(arguments);
      return -1;
    }
    length = 0;
    auto const put = [&](char const* from, std::size_t count) {
      if (write) std::memcpy(text + length, from, count);
      length += count;
    };
    for (char const* at = format; *at != '\0'; ++at) {
      if (*at != '%' || at[1] == '\0') {
        put(at, 1);
        continue;
      }
      ++at;
      if (*at == 's') {
        char const* const argument = va_arg(arguments, char const*);
        put(argument, std::strlen(argument));
      } else if (*at == 'd' || *at == 'u') {
        unsigned const bits = va_arg(arguments, unsigned);
        bool const negative = *at == 'd' && static_cast<int>(bits) < 0;
        unsigned value = negative ? 0U - bits : bits;
        char digits[12];
        std::size_t first = sizeof digits;
        do digits[--first] = static_cast<char>('0' + value % 10);
        while ((value /= 10) != 0);
        if (negative) digits[--first] = '-';
        put(digits + first, sizeof digits - first);
      } else if (*at == 'n') {
        int* const count = va_arg(arguments, int*);
        *count = static_cast<int>(length);
      } else {
        put(at, 1);
      }
    }
    va_end(arguments);
  }
  text[length] = '\0';
  *result = text;
  return static_cast<int>(length);
}

__attribute__((weak)) char* faasc_rt_strerror(int number, char* buffer,
                                              std::size_t size) __asm__("__strerror_r");
char* faasc_rt_strerror(int number, char* buffer, std::size_t size) {
  if (char const* const known = ::strerrordesc_np(number)) return const_cast<char*>(known);
  char* text = nullptr;
  if (faasc_rt_asprintf(&text, "Unknown error %d", number) >= 0 && size > 0) {
    std::size_t const count = std::min(std::strlen(text), size - 1);
    std::memcpy(buffer, text, count);
    buffer[count] = '\0';
  }
  std::free(text);
  return buffer;
}
__attribute__((weak)) char* strerror_r(int number, char* buffer, std::size_t size) noexcept {
  return faasc_rt_strerror(number, buffer, size);
}

// Nobody is left to call it.
__attribute__((weak)) int faasc_rt_fprintf(std::FILE*, char const*, ...) __asm__("fprintf");
int faasc_rt_fprintf(std::FILE*, char const*, ...) {
  std::abort();
}
}

#endif
