#!/bin/sh
# Builds everything and runs every test. usage: test.sh [CTEST OPTION...], e.g. test.sh -L nanos
set -eu
cd "$(dirname "$0")"

scripts/install-dependencies.sh
scripts/build.sh

# The tests that boot Linux need a kernel in the store. Without a network they are skipped, and ctest says so.
if ! build/dev/bin/faasc kernel info linux >/dev/null 2>&1; then
  echo "==> Fetching the distribution's kernel for the tests of the Linux family" >&2
  build/dev/bin/faasc kernel pull linux >/dev/null || echo "test.sh: no Linux kernel: its boot tests will be skipped" >&2
fi

# Some tests fill up a disk. Root can mount a small one that nobody else sees and that ends with the tests.
small_disk=$PWD/build/dev/small-disk
with_small_disk() {
  if [ -z "${FAASC_SMALL_DISK:-}" ] && [ "$(id -u)" = 0 ] && mkdir -p "$small_disk" &&
    unshare --mount mount -t tmpfs -o size=2m tmpfs "$small_disk" 2>/dev/null; then
    # shellcheck disable=SC2016
    FAASC_SMALL_DISK=$small_disk unshare --mount sh -c \
      'mount -t tmpfs -o size=2m tmpfs "$FAASC_SMALL_DISK" && exec "$@"' sh "$@"
  else
    "$@"
  fi
}

echo "==> Running the tests (log: build/dev/test.log)" >&2
# One more than there are processors: many tests wait for a machine that boots.
status=0
with_small_disk ctest --test-dir build/dev -j "$(($(nproc) + 1))" --output-on-failure --timeout 300 "$@" >build/dev/test.log 2>&1 || status=$?
# What failed, with its output; what was skipped; ctest's own closing lines.
if [ "$status" != 0 ]; then
  grep -vE '^ *(Start|[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed)' build/dev/test.log || true
else
  sed -n '/tests passed,/,$p' build/dev/test.log
fi
exit "$status"
