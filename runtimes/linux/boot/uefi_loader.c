/* \EFI\BOOT\BOOTX64.EFI of a Linux disk: loads \FAASC\LINUX, a kernel that is itself an image for UEFI, and
 * starts it with the command line of \FAASC\CMDLINE and the initramfs of \FAASC\INITRD, all from the volume
 * it came from itself. The kernel asks for its initramfs by the device path below
 * (Documentation/arch/x86/boot.rst, "EFI LoadFile2").
 *
 * What goes wrong is said on the firmware's console, which a serial port is part of, and resets the machine.
 */
#include "efi.h"

#define COMMAND_LINE_ROOM 4096

static struct efi_system_table* efi;

struct bytes {
  void* data;
  size_t size;
};

static void say(const char* text) {
  uint16_t wide[2] = {0, 0};
  for (; *text; ++text) {
    wide[0] = (uint8_t)*text;
    efi->out->output_string(efi->out, wide);
  }
}

__attribute__((noreturn)) static void fail(const char* what, efi_status status) {
  char number[] = "00";
  number[0] += (char)(status % 100 / 10);
  number[1] += (char)(status % 10);
  say("faasc: cannot ");
  say(what);
  say(": UEFI error ");
  say(number);
  say(status == EFI_SECURITY_VIOLATION ? " (Secure Boot wants it signed)\r\n" : "\r\n");
  efi->boot->stall(1000000);
  efi->runtime->reset_system(EFI_RESET_COLD, status, 0, 0);
  for (;;) __asm__ volatile("hlt");
}

static void check(efi_status status, const char* what) {
  if (status & EFI_ERROR_BIT) fail(what, status & ~EFI_ERROR_BIT);
}

static size_t pages(size_t size) {
  return (size + EFI_PAGE - 1) / EFI_PAGE;
}

static struct bytes read_file(struct efi_file* root, const uint16_t* path, const char* what) {
  struct efi_file* file;
  struct bytes bytes;
  uint64_t size, address;
  check(root->open(root, &file, path, EFI_FILE_READ, 0), what);
  check(file->set_position(file, ~0ull), what);
  check(file->get_position(file, &size), what);
  check(file->set_position(file, 0), what);
  /* One byte more, which stays 0 where that matters. */
  check(efi->boot->allocate_pages(EFI_ANY_PAGES, EFI_LOADER_DATA, pages(size + 1), &address), what);
  bytes.data = (void*)address;
  bytes.size = size;
  check(file->read(file, &bytes.size, bytes.data), what);
  file->close(file);
  if (bytes.size != size) fail(what, EFI_LOAD_ERROR);
  return bytes;
}

/* ---- the initramfs, for whom the kernel asks ---- */

static struct bytes initrd;

static efi_status load_initrd(struct efi_load_file* self, const void* device_path, uint8_t boot_policy,
                              size_t* size, void* buffer) {
  (void)self;
  (void)device_path;
  if (boot_policy) return EFI_UNSUPPORTED;
  if (!size) return EFI_INVALID_PARAMETER;
  size_t room = *size;
  *size = initrd.size;
  if (!buffer || room < initrd.size) return EFI_BUFFER_TOO_SMALL;
  const uint8_t* from = initrd.data;
  for (size_t i = 0; i < initrd.size; ++i) ((volatile uint8_t*)buffer)[i] = from[i];
  return EFI_SUCCESS;
}

static struct efi_load_file initrd_file = {load_initrd};

static struct {
  struct {
    uint8_t type, subtype, size[2];
    struct efi_guid vendor;
  } media; /* LINUX_EFI_INITRD_MEDIA_GUID */
  uint8_t end[4];
} __attribute__((packed)) initrd_path = {
    {4, 3, {20, 0}, {0x5568e427, 0x68fc, 0x4f3d, {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}}},
    {0x7f, 0xff, 4, 0}};
_Static_assert(sizeof initrd_path == 24, "a device path has no gaps");

/* ---- the command line ---- */

static uint16_t command_line[COMMAND_LINE_ROOM];

/* Its size in bytes, the end mark included. */
static uint32_t take_command_line(struct bytes text) {
  const uint8_t* from = text.data;
  size_t size = 0;
  while (size < text.size && size < COMMAND_LINE_ROOM - 1 && from[size] != 0 && from[size] != '\n') {
    command_line[size] = from[size];
    ++size;
  }
  command_line[size] = 0;
  return (uint32_t)((size + 1) * sizeof command_line[0]);
}

efi_status efi_main(efi_handle self, struct efi_system_table* system) {
  static const struct efi_guid loaded_image = EFI_LOADED_IMAGE, file_system = EFI_SIMPLE_FILE_SYSTEM,
                               device_path = EFI_DEVICE_PATH, load_file = EFI_LOAD_FILE2;
  struct efi_loaded_image *loader, *kernel;
  struct efi_file_system* volume;
  struct efi_file* root;
  efi_handle initrd_handle = 0, kernel_handle = 0;
  efi = system;

  check(efi->boot->handle_protocol(self, &loaded_image, (void**)&loader), "find where it is");
  check(efi->boot->handle_protocol(loader->device, &file_system, (void**)&volume), "find its volume");
  check(volume->open_volume(volume, &root), "open its volume");

  initrd = read_file(root, u"\\FAASC\\INITRD", "read \\FAASC\\INITRD");
  check(efi->boot->install_protocol(&initrd_handle, &device_path, 0, &initrd_path), "offer the initramfs");
  check(efi->boot->install_protocol(&initrd_handle, &load_file, 0, &initrd_file), "offer the initramfs");

  struct bytes file = read_file(root, u"\\FAASC\\LINUX", "read \\FAASC\\LINUX");
  check(efi->boot->load_image(0, self, 0, file.data, file.size, &kernel_handle), "load the kernel");
  efi->boot->free_pages((uint64_t)file.data, pages(file.size + 1));
  check(efi->boot->handle_protocol(kernel_handle, &loaded_image, (void**)&kernel), "load the kernel");
  kernel->options_size = take_command_line(read_file(root, u"\\FAASC\\CMDLINE", "read \\FAASC\\CMDLINE"));
  kernel->options = command_line;
  check(efi->boot->start_image(kernel_handle, 0, 0), "start the kernel");
  fail("go on: the kernel came back", EFI_LOAD_ERROR);
}
