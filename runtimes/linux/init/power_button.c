#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/input.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

/* The ACPI power button is an input device with the key KEY_POWER. It needs the modules button and evdev. */
static bool has_power_key(int fd) {
  unsigned char keys[KEY_MAX / 8 + 1] = {0};
  if (sys_ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) < 0) return false;
  return keys[KEY_POWER / 8] >> (KEY_POWER % 8) & 1;
}

int open_power_buttons(int fds[MAX_POWER_BUTTONS]) {
  int count = 0;
  for (unsigned i = 0; i < 32 && count < MAX_POWER_BUTTONS; ++i) {
    char path[40] = "/dev/input/event", number[21];
    text_decimal(i, number);
    text_append(path, sizeof path, number);
    int fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd == -ENOENT) break;
    if (fd < 0) continue;
    if (has_power_key(fd))
      fds[count++] = fd;
    else
      sys_close(fd);
  }
  return count;
}

bool power_button_pressed(int fd) {
  struct input_event event;
  bool pressed = false;
  while (sys_read(fd, &event, sizeof event) == (long)sizeof event)
    pressed |= event.type == EV_KEY && event.code == KEY_POWER && event.value == 1;
  return pressed;
}
