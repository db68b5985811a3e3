#!/bin/sh
# The layer check accepts a clean tree and refuses each kind of upward include. usage: check_layers_test.sh CHECK
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/base" "$tree/compiler/cache" "$tree/packager/tfs" "$tree/launcher" "$tree/runtimes/cpp"
echo '#include "base/result.h"' >"$tree/launcher/ok.cc"
"$1" "$tree" || { echo "refused a clean tree"; exit 1; }

refuses() {
  printf '%s\n' "$2" >"$tree/$1"
  if "$check" "$tree" >/dev/null; then
    echo "accepted '$2' in $1"
    exit 1
  fi
  rm "$tree/$1"
}
check=$1
refuses base/x.h '#include "packager/rootfs/rootfs.h"'
refuses packager/tfs/x.cc '#include "packager/disk/image.h"'
refuses packager/tfs/x.cc '#  include <llvm/ADT/StringRef.h>'
refuses compiler/cache/x.h '#include "compiler/cpp/build.h"'
refuses launcher/x.h '#include "manifests/manifest.h"'
refuses runtimes/cpp/x.cc '#include "base/result.h"'
