#!/bin/sh
# Builds the dev preset into build/dev, quietly: prints a line before it starts, and the compiler's output only on failure.
# usage: build.sh [CMAKE TARGET...]
set -eu
cd "$(dirname "$0")/.."
build=build/dev

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_C_COMPILER_LAUNCHER=ccache
fi

mkdir -p "$build"
log=$build/build.log
if [ ! -f "$build/build.ninja" ]; then
  echo "==> Configuring in $build" >&2
  if ! cmake --preset dev >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    exit 1
  fi
fi

targets=''
for target in "$@"; do targets="$targets --target $target"; done
# shellcheck disable=SC2086
pending=$(cmake --build "$build" $targets -- -n 2>/dev/null | tail -n 1)
case $pending in
  *'no work to do'*) exit 0 ;;
esac
echo "==> Building faasc (log: $log)" >&2
# shellcheck disable=SC2086
if ! cmake --build "$build" $targets >"$log" 2>&1; then
  grep -nE 'error|FAILED|warning: unused' "$log" | head -n 40 >&2
  echo "build.sh: the build failed; the whole output is in $log" >&2
  exit 1
fi
