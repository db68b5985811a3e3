#!/bin/sh
# Fails on an include that points up the house. usage: check_layers.sh SOURCE_DIR
set -u
cd "$1" || exit 2
status=0

# forbid ROOM PATTERN WHY: no file of ROOM may include what matches PATTERN.
forbid() {
  [ -d "$1" ] || return 0
  found=$(grep -rnE --include='*.h' --include='*.cc' --include='*.c' "^ *# *include *[<\"]($2)" "$1")
  [ -n "$found" ] || return 0
  printf '%s\n' "$found" | sed "s|^|layers: |; s|\$|   ($3)|"
  status=1
}

rooms='manifests|packager|compiler|launcher|runtimes'
forbid base "($rooms)/" 'base knows nobody'
forbid manifests '(packager|compiler|launcher|runtimes)/' 'manifests knows base only'
forbid packager '(manifests|compiler|launcher|runtimes)/' 'packager knows base only'
forbid packager/calls 'packager/(rootfs|output|tfs|ext4|fat|archive|disk|kernels|spec|image)/' 'facts about kernels know nobody'
forbid packager/rootfs 'packager/(output|tfs|ext4|fat|archive|disk|kernels|spec)/' 'the tree knows no disk'
forbid packager/output 'packager/(tfs|ext4|fat|archive|disk|kernels|spec)/' 'writing a file knows no format'
forbid packager/tfs 'packager/(ext4|fat|archive|disk|kernels|spec)/' 'a format knows the tree only'
forbid packager/ext4 'packager/(tfs|fat|archive|disk|kernels|spec)/' 'a format knows the tree only'
forbid packager/fat 'packager/(tfs|ext4|archive|disk|kernels|spec)/' 'a format knows the tree only'
forbid packager/cpio 'packager/(tfs|ext4|fat|disk|kernels|spec)/' 'a format knows the tree only'
forbid packager/disk/formats 'packager/(tfs|ext4|fat|archive|kernels|spec)/' 'a disk, not what is on it'
forbid packager/archive 'packager/(tfs|ext4|fat|disk|kernels|spec)/' 'a format knows the tree only'
for room in rootfs output tfs ext4 fat archive disk kernels spec; do forbid "packager/$room" 'packager/image/' 'what looks into images is on top'; done
forbid packager/bill 'packager/(tfs|ext4|fat|archive|kernels|spec)/' 'a bill knows images only'
forbid packager/kernels 'packager/(output|tfs|ext4|fat|disk|spec)/' 'kernels knows archives only'
forbid packager/spec 'packager/(rootfs|output|tfs|ext4|fat|archive|disk|kernels)/' 'a spec is neutral'
forbid launcher '(manifests|compiler|runtimes)/' 'the launcher knows specs and calls only'
forbid launcher 'packager/(rootfs|output|tfs|ext4|fat|archive|disk|image|kernels)/' 'the launcher knows specs and calls only'
forbid compiler/cache '(manifests|packager|launcher)/|compiler/(binary|build|cpp|driver|go|python)/' 'the cache knows steps, not what they do'
for language in binary cpp python go; do
  forbid "compiler/$language" 'packager/(output|tfs|ext4|fat|archive|disk|kernels|spec)/|launcher/|manifests/|compiler/(build|driver)/' \
    'a language makes a Program'
done
forbid compiler/build 'compiler/driver/|launcher/' 'a build starts no VM'
forbid runtimes "(base|$rooms)/" 'guest code includes nothing of the host'

# Heavy libraries stay in their rooms, so that the driver starts fast.
for room in base packager launcher compiler/build; do forbid "$room" '(llvm|clang)/' 'LLVM stays in manifests and faasc-cxx'; done
forbid manifests 'clang/' 'LLVM stays in manifests and faasc-cxx'
for room in base manifests packager/rootfs packager/output packager/tfs packager/ext4 packager/fat packager/cpio packager/disk packager/spec launcher compiler; do
  forbid "$room" 'archive\.h|archive_entry\.h' 'libarchive stays in faasc-kernel and faasc-archive'
done
for room in base manifests packager/rootfs packager/output packager/tfs packager/ext4 packager/fat packager/cpio packager/disk packager/spec launcher \
  compiler/binary compiler/build compiler/cache compiler/cpp compiler/go compiler/python; do
  forbid "$room" 'curl/' 'libcurl stays in faasc-kernel and faasc-cache'
done
found=$(grep -lrE --include='*.h' --include='*.cc' '^ *# *include *[<"]curl/' compiler/driver 2>/dev/null | grep -v '^compiler/driver/cache_program/')
if [ -n "$found" ]; then
  printf 'layers: %s   (libcurl stays in faasc-kernel and faasc-cache)\n' "$found"
  status=1
fi
exit $status
