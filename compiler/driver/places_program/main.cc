// usage: faasc-places PROGRAM ADDRESS...
//
// Prints a JSON array with one element per address: an array of {"function","file","line"}, innermost first;
// more than one where calls were inlined, none where nothing is known. Files are as the compiler was told.

#include <cstdio>
#include <cstdlib>

#include <llvm/DebugInfo/DIContext.h>
#include <llvm/DebugInfo/Symbolize/Symbolize.h>
#include <nlohmann/json.hpp>

namespace {

nlohmann::json places_of(llvm::symbolize::LLVMSymbolizer& symbolizer, const std::string& program,
                         std::uint64_t address) {
  nlohmann::json places = nlohmann::json::array();
  auto found =
      symbolizer.symbolizeInlinedCode(program, {address, llvm::object::SectionedAddress::UndefSection});
  if (!found) {
    llvm::consumeError(found.takeError());
    return places;
  }
  for (std::uint32_t i = 0; i < found->getNumberOfFrames(); ++i) {
    const llvm::DILineInfo& frame = found->getFrame(i);
    bool has_function = frame.FunctionName != llvm::DILineInfo::BadString;
    // Without a line the file is a guess of the symbol table's.
    bool has_file = frame.FileName != llvm::DILineInfo::BadString && frame.Line != 0;
    if (!has_function && !has_file) continue;
    places.push_back({{"function", has_function ? frame.FunctionName : ""},
                      {"file", has_file ? frame.FileName : ""},
                      {"line", has_file ? frame.Line : 0}});
  }
  return places;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: faasc-places PROGRAM ADDRESS...\n", stderr), 2;
  llvm::symbolize::LLVMSymbolizer::Options options;
  options.PathStyle = llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue;
  options.Demangle = true;
  llvm::symbolize::LLVMSymbolizer symbolizer(options);
  nlohmann::json all = nlohmann::json::array();
  for (int i = 2; i < argc; ++i)
    all.push_back(places_of(symbolizer, argv[1], std::strtoull(argv[i], nullptr, 0)));
  std::printf("%s\n", all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return 0;
}
