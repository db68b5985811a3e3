#!/bin/sh
# Shows the whole path once: builds faasc, turns the C++ HTTP template into a bootable image, boots it and calls it.
# usage: demo.sh
set -eu
root=$(cd "$(dirname "$0")" && pwd)
cd "$root"

scripts/install-dependencies.sh
scripts/build.sh faasc_programs
faasc=$root/build/dev/bin/faasc

# Any kernel will do; Nanos is what faasc is for, the distribution's Linux is always to be had.
if ! "$faasc" kernel info >/dev/null 2>&1; then
  echo "==> Fetching a kernel" >&2
  "$faasc" kernel pull nanos >/dev/null 2>&1 || "$faasc" kernel pull linux >/dev/null
fi

demo=$root/build/demo/hello
[ -f "$demo/faas.yaml" ] || "$faasc" -q init "$demo" --template cpp-http
cd "$demo"

show() { printf '\n$ %s\n' "$*"; }
show faasc build
"$faasc" build
show "faasc invoke --data Ada --time"
"$faasc" invoke --data Ada --time
printf '\nThe image:   %s\nIts VM spec: %s\nThe source:  %s\n' "$demo"/build/*.img "$demo"/build/*.vm.json "$demo"
