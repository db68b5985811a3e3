#include "compiler/driver/kernel_program/command_line.h"

#include <cstdlib>

#include <CLI/CLI.hpp>

#include "base/diagnostics.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/linux_build.h"

namespace faasc {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

bool is_set(const std::string& value) {
  return !value.empty() && value != "0";
}

void add_format(CLI::App* command, std::string& format) {
  command->add_option("--format", format, "text for people, json for programs")->type_name("text|json");
}

Format format_of(const std::string& text) {
  return text == "json" ? Format::Json : Format::Text;
}

Error usage(std::string what, const std::string& command) {
  return Error{
      Fault::Usage, kBadKernelCommand, std::move(what), {}, "see `faasc kernel " + command + "--help`"};
}

const CLI::App* parsed_command(const CLI::App& app) {
  std::vector<const CLI::App*> parsed =
      app.get_subcommands([](const CLI::App* one) { return one->parsed(); });
  return parsed.empty() ? nullptr : parsed.front();
}

Error unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  std::string all;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
    all += (all.empty() ? "" : ", ") + one->get_name();
  }
  std::string what = "no command given";
  if (!arguments.empty()) {
    std::string_view meant = nearest(arguments.front(), {names.begin(), names.end()});
    what = "unknown command '" + arguments.front() + "'" +
           (meant.empty() ? "" : "; did you mean '" + std::string(meant) + "'?");
  }
  return Error{Fault::Usage,
               kBadKernelCommand,
               std::move(what),
               {},
               "it is one of " + all + "; see `faasc kernel --help`"};
}

}  // namespace

Result<KernelCommand> parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App app("The kernels that images boot: Nanos' releases, and Linux, downloaded or built.\n",
               "faasc kernel");
  app.footer(
      "\nKernels are named like nanos@0.1.55, nanos-aarch64@0.1.55 or linux@6.1.0-44-cloud-amd64, and\n"
      "kept in $FAASC_HOME/kernels, else ~/.local/share/faasc/kernels. Those of OPS (~/.ops) are found "
      "too.\n\n"
      "Example:\n  faasc kernel pull nanos\n  faasc kernel list");
  app.require_subcommand(1);

  std::string format = "text";
  CLI::App* list_command = app.add_subcommand("list", "what is there, newest first; * marks the defaults");
  add_format(list_command, format);
  list_command->footer("\nExample:\n  faasc kernel list --format json");

  ShowKernel show;
  CLI::App* show_command =
      app.add_subcommand("info", "where a kernel came from, its files and their SHA-256");
  show_command->add_option("KERNEL", show.selector,
                           "a name, or the path of a kernel; the default kernel if left out");
  add_format(show_command, format);
  show_command->footer("\nExample:\n  faasc kernel info nanos@0.1.55");

  VerifyKernels verify;
  CLI::App* verify_command = app.add_subcommand("verify", "compare a kernel's files with what was recorded");
  verify_command->add_option("KERNEL", verify.selectors, "names; all kernels if left out");
  verify_command->add_flag("--boot", verify.boot,
                           "also start a small program with each, loaded by the VMM, by its BIOS\n"
                           "loader and by its UEFI loader, in machines of QEMU");
  verify_command->footer(
      "\nThe files of a Nanos release do not tell whether they belong together; a start does.\n\n"
      "Example:\n  faasc kernel verify nanos@0.1.55\n  faasc kernel verify --boot nanos");

  AddKernel add;
  std::string source;
  CLI::App* add_command =
      app.add_subcommand("add", "copy a kernel from a directory, an archive or a package");
  add_command
      ->add_option("SOURCE", source,
                   "a Nanos release (directory or tar archive), a directory with vmlinux,\n"
                   "or a Debian package linux-image-*.deb")
      ->required();
  add_command->add_option("--version", add.version, "its version, where its name does not tell")
      ->type_name("VERSION");
  add_command->add_flag("--force", add.force, "replace another kernel of that name");
  add_command->footer(
      "\nExample:\n  faasc kernel add nanos-release-linux-0.1.55.tar.gz\n"
      "  faasc kernel add ~/nanos/release --version 0.1.55");

  PullKernel pull;
  std::string pulled;
  CLI::App* pull_command =
      app.add_subcommand("pull", "download a kernel: nanos[-aarch64][@VERSION] or linux[@VERSION]");
  pull_command->add_option("KERNEL", pulled, "the newest, where it names no version")->required();
  pull_command->add_option("--url", pull.url, "a mirror of Nanos' releases ($FAASC_NANOS_URL)")
      ->type_name("URL");
  pull_command->add_option("--sha256", pull.sha256, "refuse an archive of Nanos with another SHA-256")
      ->type_name("DIGEST");
  pull_command->add_flag("--force", pull.force, "download again what is there, and replace it");
  pull_command->add_flag("--offline", pull.offline, "do not use the network, and so fail ($FAASC_OFFLINE=1)");
  pull_command->footer(
      "\nLinux comes from the distribution through apt-get download, without root.\n\n"
      "Example:\n  faasc kernel pull nanos@0.1.55\n  faasc kernel pull linux");

  BuildKernel build;
  std::string built, profile = "tiny";
  CLI::App* build_command =
      app.add_subcommand("build", "build a Linux kernel that starts fast: linux[@VERSION]");
  build_command
      ->add_option("KERNEL", built,
                   "linux: from the distribution's newest sources; linux@6.1: from those\n"
                   "of a series; linux@6.1.192-2: of one version of their package")
      ->required();
  build_command
      ->add_option("--profile", profile,
                   "tiny: what a function needs; standard: also name spaces, control\n"
                   "groups, and the devices of more VMMs and clouds")
      ->type_name("tiny|standard");
  build_command->add_option("-j,--jobs", build.jobs, "commands at once; as many as processors if left out")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  build_command->add_flag("--keep", build.keep, "keep sources and objects, for the next build");
  build_command->add_flag("--force", build.force, "build again what is there, and replace it");
  build_command->add_flag("--offline", build.offline,
                          "do not use the network, and so fail ($FAASC_OFFLINE=1)");
  build_command->footer(
      "\nThe sources come from the distribution through apt-get download, without root. Building takes\n"
      "2.3 GB below $FAASC_CACHE_DIR, else ~/.cache/faasc, and some minutes; after an interruption the\n"
      "same command goes on. Everything is built in, so such a kernel needs no modules.\n\n"
      "Example:\n  faasc kernel build linux");

  SetDefaultKernel chosen;
  CLI::App* default_command =
      app.add_subcommand("default", "choose the kernel for builds that name none, or say which it is");
  default_command->add_option("KERNEL", chosen.name,
                              "a family (its newest kernel), or a name with a version");
  default_command->add_flag("--unset", chosen.unset, "the newest Nanos again, else the newest Linux");
  default_command->footer("\nExample:\n  faasc kernel default linux\n  faasc kernel default nanos@0.1.55");

  std::string removed;
  CLI::App* remove_command = app.add_subcommand("remove", "delete a kernel from the store");
  remove_command->add_option("KERNEL", removed, "its name with its version")->required();
  remove_command->footer("\nExample:\n  faasc kernel remove nanos@0.1.54");

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* asked = parsed_command(app);
    return KernelCommand(ShowHelp{asked == nullptr ? app.help() : asked->help("faasc kernel")});
  } catch (const CLI::Error& error) {
    const CLI::App* asked = parsed_command(app);
    if (asked == nullptr) return unknown_command(app, arguments);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
      return usage("unknown argument '" + app.remaining(true).front() + "'", asked->get_name() + " ");
    return usage(error.what(), asked->get_name() + " ");
  }
  if (format != "text" && format != "json")
    return usage("unknown format '" + format + "'; known are 'text' and 'json'",
                 parsed_command(app)->get_name() + " ");

  if (list_command->parsed()) return KernelCommand(ListKernels{format_of(format)});
  if (show_command->parsed()) {
    show.format = format_of(format);
    return KernelCommand(std::move(show));
  }
  if (verify_command->parsed()) return KernelCommand(std::move(verify));
  if (add_command->parsed()) {
    add.source = source;
    return KernelCommand(std::move(add));
  }
  if (build_command->parsed()) {
    if (profile != "tiny" && profile != "standard")
      return usage("unknown profile '" + profile + "'; known are 'tiny' and 'standard'", "build ");
    build.profile = profile == "tiny" ? LinuxProfile::Tiny : LinuxProfile::Standard;
    FAASC_TRY(KernelName name, parse_kernel_name(built));
    if (name.family != KernelFamily::Linux)
      return usage("only Linux is built by faasc; Nanos is downloaded: `faasc kernel pull " + built + "`",
                   "build ");
    build.source = linux_source_in(name.version, build.profile);
    build.offline = build.offline || is_set(variable("FAASC_OFFLINE"));
    return KernelCommand(std::move(build));
  }
  if (default_command->parsed()) {
    if (chosen.unset && !chosen.name.empty()) return usage("--unset and a kernel are given", "default ");
    return KernelCommand(std::move(chosen));
  }
  if (remove_command->parsed()) {
    FAASC_TRY(KernelName name, parse_kernel_name(removed));
    return KernelCommand(RemoveKernel{std::move(name)});
  }
  FAASC_TRY(pull.name, parse_kernel_name(pulled));
  if (pull.name.family == KernelFamily::Linux) {
    for (const auto& [option, value] : {std::pair{"--url", &pull.url}, {"--sha256", &pull.sha256}})
      if (!value->empty())
        return usage(std::string(option) + " is for Nanos; Linux comes from the distribution", "pull ");
  } else if (pull.url.empty()) {
    pull.url = variable("FAASC_NANOS_URL");
  }
  for (char& c : pull.sha256)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  if (!pull.sha256.empty() &&
      (pull.sha256.size() != 64 || pull.sha256.find_first_not_of("0123456789abcdef") != std::string::npos))
    return usage("'" + pull.sha256 + "' is not a SHA-256: 64 hexadecimal digits are needed", "pull ");
  pull.offline = pull.offline || is_set(variable("FAASC_OFFLINE"));
  return KernelCommand(std::move(pull));
}

}  // namespace faasc
