#include "compiler/driver/archive_program/command_line.h"

#include <CLI/CLI.hpp>

#include "compiler/driver/archive_program/codes.h"
#include "manifests/quantity.h"

namespace faasc {
namespace {

Error usage(std::string what, const std::string& command) {
  return Error{
      Fault::Usage, kBadImageCommand, std::move(what), {}, "see `faasc image " + command + " --help`"};
}

/// A size that was given, in the notation of the manifest.
Result<std::optional<std::uint64_t>> size_of(const std::string& text, const std::string& option) {
  if (text.empty()) return std::optional<std::uint64_t>();
  std::optional<std::uint64_t> size = parse_quantity(text);
  if (!size) return usage("'" + text + "' is no size for " + option + ", like 512MiB or 2GiB", "import");
  return size;
}

Result<ArchiveCommand> parse(CLI::App& app, const std::vector<std::string>& arguments,
                             const std::string& command) {
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend() - 1);
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return ArchiveCommand(ShowImageHelp{app.help()});
  } catch (const CLI::ExtrasError&) {
    return usage("unknown argument '" + app.remaining().front() + "'", command);
  } catch (const CLI::Error& error) {
    return usage(error.what(), command);
  }
  return ArchiveCommand(ShowImageHelp{});
}

Result<ArchiveCommand> parse_import(const std::vector<std::string>& arguments) {
  CLI::App app("Make a bootable image of a root file system or a container image.\n", "faasc image import");
  ImportArchive import;
  std::string archive, output, memory, storage, limit;
  std::vector<std::string> variables;
  std::uint32_t port = 0;
  app.add_option("ARCHIVE", archive,
                 "a root file system: a directory, a tar or cpio of one (.gz, .zst, .xz, …),\n"
                 "an OCI image layout (directory or tar), or what `docker save` wrote")
      ->required();
  app.add_option("ARGS", import.program.arguments, "the program's arguments, after --");
  app.add_option("-o,--output", output, "the image to write; its .vm.json comes beside it")
      ->type_name("IMAGE")
      ->required();
  app.add_option("--exec", import.program.executable, "the program, instead of the container's")
      ->type_name("PATH");
  app.add_option("--env", variables, "an environment variable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--cwd", import.program.working_directory, "the working directory")->type_name("DIR");
  app.add_option("--kernel", import.kernel, "nanos, linux, nanos@VERSION, or a kernel's path")
      ->type_name("KERNEL");
  app.add_option("--memory", memory, "of the machine [256MiB]")->type_name("SIZE");
  auto* port_option = app.add_option("--port", port, "where the program listens [the container's, else 8080]")
                          ->type_name("PORT");
  app.add_option("--storage", storage, "make the root writable, with so much room")->type_name("SIZE");
  app.add_option("--ref", import.reference, "which image, where there are several")->type_name("NAME");
  app.add_option("--max-size", limit, "how much the archive may unpack to, whatever its own size [8GiB]")
      ->type_name("SIZE");
  app.footer(
      "\nWhat reaches out of the tree, devices and bombs are refused. All files come to belong to root.\n\n"
      "Example:\n  faasc image import shop.tar -o shop.img\n"
      "  faasc image import debian.tar.zst -o py.img --exec /usr/bin/python3 -- -m http.server 8080");
  FAASC_TRY(ArchiveCommand help, parse(app, arguments, "import"));
  if (!std::get<ShowImageHelp>(help).text.empty()) return help;

  import.archive = archive;
  import.output = output;
  for (const std::string& variable : variables) {
    std::size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string::npos)
      return usage("'" + variable + "' is no environment variable; write --env NAME=VALUE", "import");
    import.program.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  if (port_option->count() > 0) {
    if (port == 0 || port > 65535) return usage("'" + std::to_string(port) + "' is no port", "import");
    import.port = static_cast<std::uint16_t>(port);
  }
  FAASC_TRY(std::optional<std::uint64_t> memory_bytes, size_of(memory, "--memory"));
  if (memory_bytes) import.memory_bytes = *memory_bytes;
  FAASC_TRY(import.storage_bytes, size_of(storage, "--storage"));
  FAASC_TRY(import.max_bytes, size_of(limit, "--max-size"));
  return ArchiveCommand(std::move(import));
}

Result<ArchiveCommand> parse_export(const std::vector<std::string>& arguments) {
  CLI::App app("Write the files of an image as an archive or a container image.\n", "faasc image export");
  ExportImage request;
  std::string image, output, to;
  app.add_option("IMAGE", image, "an image of faasc's, or a bare file system of Nanos or ext4")->required();
  app.add_option("--to", to, "tar, cpio (newc), or oci (an image layout)")->type_name("FORMAT")->required();
  app.add_option("-o,--output", output, "the file to write; for oci a new directory, or a file NAME.tar")
      ->type_name("PATH")
      ->required();
  app.footer(
      "\nThe same image gives the same bytes. Nanos keeps no permissions: programs, scripts and libraries\n"
      "come out executable.\n\nExample:\n  faasc image export shop.img --to oci -o shop.oci");
  FAASC_TRY(ArchiveCommand help, parse(app, arguments, "export"));
  if (!std::get<ShowImageHelp>(help).text.empty()) return help;
  request.image = image;
  request.output = output;
  if (to == "tar")
    request.to = ExportImage::To::Tar;
  else if (to == "cpio")
    request.to = ExportImage::To::Cpio;
  else if (to == "oci")
    request.to = ExportImage::To::Oci;
  else
    return usage("unknown format '" + to + "'; known are 'tar', 'cpio' and 'oci'", "export");
  return ArchiveCommand(std::move(request));
}

}  // namespace

Result<ArchiveCommand> parse_archive_command(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == "import") return parse_import(arguments);
  if (!arguments.empty() && arguments.front() == "export") return parse_export(arguments);
  if (arguments.size() == 2 && arguments.front() == "pack")
    return ArchiveCommand(PackImage{.output = arguments.back()});
  return Error{
      Fault::Usage, kBadImageCommand, "faasc-archive needs a command", {}, "it is 'import' or 'export'"};
}

}  // namespace faasc
