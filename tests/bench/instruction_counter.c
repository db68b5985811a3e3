/* A QEMU TCG plugin that counts guest instructions by where they run, in a file that another process maps.
 * Argument: out=FILE. The file holds the struct below; a benchmark reads it while the guest runs. Arguments
 * mark0=ADDRESS and mark1=ADDRESS, in decimal: where `at_mark` is taken; the second one counts after the
 * first.
 *
 * QEMU's plugin header is not packaged, so the few functions used are declared here. Their names and types
 * are those of QEMU's documented plugin API (docs/devel/tcg-plugins.rst), unchanged since its first version.
 */

#include <sys/mman.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/instruction_counts.h"

#ifndef QEMU_PLUGIN_API
#define QEMU_PLUGIN_API 1
#endif

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
typedef void (*tb_translated)(qemu_plugin_id_t id, struct qemu_plugin_tb* block);
typedef void (*tb_executed)(unsigned int cpu, void* user_data);

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_translated callback);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb* block, tb_executed callback,
                                                 enum qemu_plugin_cb_flags flags, void* user_data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb* block);
struct qemu_plugin_insn;
extern struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn* instruction);
#ifdef QEMU_PLUGIN_COPIES_DATA /* QEMU 9.1 */
extern size_t qemu_plugin_insn_data(const struct qemu_plugin_insn* instruction, void* to, size_t size);
#else
extern const void* qemu_plugin_insn_data(const struct qemu_plugin_insn* instruction);
#endif

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = QEMU_PLUGIN_API;

static struct instruction_counts* counts;
static uint64_t marks[2];

/* Instructions since the guest last paused. A loop that waits for a clock reads it in between, with a few
 * dozen of them. */
static uint64_t since_pause = UINT64_MAX / 2;
enum { MAX_IN_WAITING_LOOP = 500 };

static void on_mark(unsigned int cpu, void* user_data) {
  uintptr_t mark = (uintptr_t)user_data;
  uint64_t sum = 0;
  (void)cpu;
  if (counts->at_mark[mark] != 0 || (mark == 1 && counts->at_mark[0] == 0)) return;
  for (int place = 0; place < 4; ++place) sum += counts->by_place[place];
  counts->at_mark[mark] = sum;
}

/* A block's length and place do not change, so they travel in the callback's pointer: the place in the low
 * two bits, whether it pauses in the next. */
static void on_executed(unsigned int cpu, void* user_data) {
  uintptr_t packed = (uintptr_t)user_data;
  uint64_t length = packed >> 3;
  (void)cpu;
  __atomic_fetch_add(&counts->by_place[packed & 3], length, __ATOMIC_RELAXED);
  since_pause += length;
  if ((packed & 4) == 0) return;
  if (since_pause <= MAX_IN_WAITING_LOOP) __atomic_fetch_add(&counts->waiting, since_pause, __ATOMIC_RELAXED);
  since_pause = 0;
}

static bool is_pause(const struct qemu_plugin_insn* instruction) {
  unsigned char bytes[2] = {0, 0};
  if (qemu_plugin_insn_size(instruction) != sizeof bytes) return false;
#ifdef QEMU_PLUGIN_COPIES_DATA
  qemu_plugin_insn_data(instruction, bytes, sizeof bytes);
#else
  memcpy(bytes, qemu_plugin_insn_data(instruction), sizeof bytes);
#endif
  return bytes[0] == 0xf3 && bytes[1] == 0x90;
}

static void on_translated(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
  uint64_t address = qemu_plugin_tb_vaddr(block);
  uintptr_t place = COUNT_USER;
  size_t length = qemu_plugin_tb_n_insns(block);
  uintptr_t pauses = 0;
  (void)id;
  for (size_t i = 0; i < length; ++i)
    if (is_pause(qemu_plugin_tb_get_insn(block, i))) pauses = 4;
  if (address >> 63)
    place = COUNT_KERNEL;
  else if (address < 0x100000 || (address >= 0xfff00000 && address <= 0xffffffff))
    place = COUNT_FIRMWARE;
  else if (address < 0x400000)
    place = COUNT_EARLY; /* Nanos' own entry runs at its physical address before it maps itself high */
  for (uintptr_t mark = 0; mark < 2; ++mark)
    if (marks[mark] != 0 && address == marks[mark])
      qemu_plugin_register_vcpu_tb_exec_cb(block, on_mark, QEMU_PLUGIN_CB_NO_REGS, (void*)mark);
  qemu_plugin_register_vcpu_tb_exec_cb(block, on_executed, QEMU_PLUGIN_CB_NO_REGS,
                                       (void*)(((uintptr_t)length << 3) | pauses | place));
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv) {
  (void)info;
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], "mark", 4) == 0 && (argv[i][4] == '0' || argv[i][4] == '1') && argv[i][5] == '=')
      for (const char* digit = argv[i] + 6; *digit >= '0' && *digit <= '9'; ++digit)
        marks[argv[i][4] - '0'] = marks[argv[i][4] - '0'] * 10 + (uint64_t)(*digit - '0');
    if (strncmp(argv[i], "out=", 4) != 0) continue;
    int fd = open(argv[i] + 4, O_RDWR | O_CLOEXEC);
    if (fd < 0) return -1;
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
  }
  if (counts == NULL || counts == MAP_FAILED) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translated);
  return 0;
}
