// faasc-cache: the part of the remote cache that touches the network. Started by faasc (RemoteCache), which
// writes one line for each request to its standard input and reads one line for each answer:
//
//   get ac|cas NAME MOST_BYTES FILE   GET URL/ac/NAME, into FILE
//   put ac|cas NAME 0 FILE            PUT URL/ac/NAME, from FILE
//
//   yes | no | failed WHY
//
// FAASC_REMOTE_CACHE_HEADER_FILE names a file with header lines to send along; FAASC_REMOTE_CACHE_TIMEOUT is
// the number of seconds that nothing may happen for.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include <curl/curl.h>

#include "base/file.h"
#include "compiler/driver/cache_program/http_cache.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "%s: is started by faasc, with the URL of a cache\n", argv[0]);
    return 2;
  }
  auto cache = faasc::HttpCache::open(argv[1]);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb, kind, name, file;
    std::uint64_t most_bytes = 0;
    words >> verb >> kind >> name >> most_bytes;
    words.get();
    std::getline(words, file);
    std::string answer;
    if (!cache) {
      answer = "failed " + cache.error().what;
    } else {
      auto done = verb == "get" ? cache->get(kind + "/" + name, file, most_bytes)
                                : cache->put(kind + "/" + name, file);
      answer = !done ? "failed " + done.error().what : *done ? "yes" : "no";
    }
    for (char& c : answer)
      if (c == '\n' || c == '\r') c = ' ';
    std::cout << answer << std::endl;
  }
  return 0;
}
