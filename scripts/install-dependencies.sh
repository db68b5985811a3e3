#!/bin/sh
# Installs what building and running faasc needs, on Debian 12 and 13 and Ubuntu 24.04. Does nothing, quickly, where all of
# it is there. Needs root or sudo only when something is missing.
set -eu

# Compilers and build tools; libraries; what faasc calls at run time; what the tests use as referees.
packages='
g++ cmake ninja-build pkg-config ccache git ca-certificates
clang-19 libclang-19-dev libclang-rt-19-dev llvm-19-dev lld-19
libarchive-dev libext2fs-dev libcli11-dev libboost-dev nlohmann-json3-dev libcurl4-openssl-dev libssl-dev
libprotozero-dev libseccomp-dev zlib1g-dev libzstd-dev comerr-dev linux-libc-dev libgtest-dev libgmock-dev
python3 python3-pip
qemu-system-x86 qemu-system-arm qemu-efi-aarch64 gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-utils seabios binutils
e2fsprogs erofs-utils cpio openssl zstd libxml2-utils dosfstools mtools fdisk ovmf nodejs php-cli
bubblewrap gdb libvirt-daemon-system libvirt-clients curl nginx-light distcc iproute2
bc bison flex lz4 xz-utils make perl libelf-dev
dpkg-dev openssh-client minisign faketime util-linux zsh fish groff-base skopeo umoci libarchive-tools python3-jsonschema python3-yaml
'

# Go functions are compiled with whatever Go there is; the distribution's serves where there is none.
if ! command -v go >/dev/null && [ ! -x /usr/local/go/bin/go ]; then packages="$packages golang-go"; fi

missing=''
for package in $packages; do
  case $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) in
    ii*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=''
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-dependencies: these packages are missing, and there is no sudo to install them with:$missing" >&2
    exit 3
  fi
  as_root=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "==> Installing$missing" >&2
run() {
  # sudo resets the environment, hence env.
  $as_root env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 && return 0
  cat "$log" >&2
  echo "install-dependencies: '$*' failed" >&2
  exit 3
}
run apt-get update
# shellcheck disable=SC2086
run apt-get install -y --no-install-recommends $missing
