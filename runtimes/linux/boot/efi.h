/* As much of UEFI as our loader uses, after the UEFI Specification 2.10. Tables are lists of functions in a
 * fixed order; what is not used is only counted. */
#ifndef FAASC_BOOT_EFI_H
#define FAASC_BOOT_EFI_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t efi_status; /* the highest bit: an error */
typedef void* efi_handle;
typedef void (*efi_unused)(void);

#define EFI_SUCCESS 0
#define EFI_ERROR_BIT (1ull << 63)
#define EFI_LOAD_ERROR (EFI_ERROR_BIT | 1)
#define EFI_INVALID_PARAMETER (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED (EFI_ERROR_BIT | 3)
#define EFI_BUFFER_TOO_SMALL (EFI_ERROR_BIT | 5)
#define EFI_SECURITY_VIOLATION (EFI_ERROR_BIT | 26)

struct efi_guid {
  uint32_t a;
  uint16_t b, c;
  uint8_t d[8];
};

struct efi_table_header {
  uint64_t signature;
  uint32_t revision, size, crc32, reserved;
};

struct efi_text_output {
  efi_unused reset;
  efi_status (*output_string)(struct efi_text_output* self, const uint16_t* text);
};

/* Kinds of memory and of allocation. */
#define EFI_LOADER_DATA 2
#define EFI_ANY_PAGES 0
#define EFI_PAGE 4096

struct efi_boot_services {
  struct efi_table_header header;
  efi_unused task_priority[2];
  efi_status (*allocate_pages)(int how, int kind, size_t pages, uint64_t* address);
  efi_status (*free_pages)(uint64_t address, size_t pages);
  efi_unused memory_and_events[9];
  efi_status (*install_protocol)(efi_handle* handle, const struct efi_guid* protocol, int native,
                                 void* interface);
  efi_unused reinstall[2];
  efi_status (*handle_protocol)(efi_handle handle, const struct efi_guid* protocol, void** interface);
  efi_unused lookup[5];
  efi_status (*load_image)(uint8_t boot_policy, efi_handle parent, const void* device_path,
                           const void* source, size_t source_size, efi_handle* image);
  efi_status (*start_image)(efi_handle image, size_t* exit_data_size, uint16_t** exit_data);
  efi_unused exit[4];
  efi_status (*stall)(size_t microseconds);
};
_Static_assert(offsetof(struct efi_boot_services, allocate_pages) == 24 + 2 * 8, "order");
_Static_assert(offsetof(struct efi_boot_services, install_protocol) == 24 + 13 * 8, "order");
_Static_assert(offsetof(struct efi_boot_services, handle_protocol) == 24 + 16 * 8, "order");
_Static_assert(offsetof(struct efi_boot_services, load_image) == 24 + 22 * 8, "order");
_Static_assert(offsetof(struct efi_boot_services, stall) == 24 + 28 * 8, "order");

#define EFI_RESET_COLD 0

struct efi_runtime_services {
  struct efi_table_header header;
  efi_unused time_and_variables[10];
  void (*reset_system)(int how, efi_status why, size_t size, const void* data);
};

struct efi_system_table {
  struct efi_table_header header;
  const uint16_t* vendor;
  uint32_t revision;
  efi_handle in_handle;
  void* in;
  efi_handle out_handle;
  struct efi_text_output* out;
  efi_handle error_handle;
  struct efi_text_output* error;
  struct efi_runtime_services* runtime;
  struct efi_boot_services* boot;
};
_Static_assert(offsetof(struct efi_system_table, boot) == 96, "order");

struct efi_loaded_image {
  uint32_t revision;
  efi_handle parent;
  struct efi_system_table* system;
  efi_handle device; /* where the image was loaded from */
  void *path, *reserved;
  uint32_t options_size; /* in bytes */
  void* options;         /* UTF-16 */
};
_Static_assert(offsetof(struct efi_loaded_image, options) == 56, "order");

#define EFI_FILE_READ 1

struct efi_file {
  uint64_t revision;
  efi_status (*open)(struct efi_file* self, struct efi_file** file, const uint16_t* path, uint64_t mode,
                     uint64_t attributes);
  efi_status (*close)(struct efi_file* self);
  efi_unused remove;
  efi_status (*read)(struct efi_file* self, size_t* size, void* buffer);
  efi_unused write;
  efi_status (*get_position)(struct efi_file* self, uint64_t* position);
  efi_status (*set_position)(struct efi_file* self, uint64_t position); /* ~0: the end */
};

struct efi_file_system {
  uint64_t revision;
  efi_status (*open_volume)(struct efi_file_system* self, struct efi_file** root);
};

/* EFI_LOAD_FILE2_PROTOCOL */
struct efi_load_file {
  efi_status (*load)(struct efi_load_file* self, const void* device_path, uint8_t boot_policy, size_t* size,
                     void* buffer);
};

#define EFI_LOADED_IMAGE {0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}}
#define EFI_DEVICE_PATH {0x09576e91, 0x6d3f, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}}
#define EFI_SIMPLE_FILE_SYSTEM {0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}}
#define EFI_LOAD_FILE2 {0x4006c0c1, 0xfcb3, 0x403e, {0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}}

#endif
