#!/bin/sh
# rootfs.sh PROGRAM DIR: lays out in DIR all that PROGRAM needs of a machine: the program, the
# shared libraries that ldd names, /proc to be mounted, and /save, which user 65532 can write.
set -eu

if [ "$#" -ne 2 ]; then
  echo "ERROR: PROGRAM and DIR are needed (usage: rootfs.sh PROGRAM DIR)" >&2
  exit 2
fi
program=$1
dir=$2

libraries=$(ldd "$program" | sed -n -E 's/^.* => (\/[^ ]+) .*$/\1/p; s/^[[:space:]]*(\/[^ ]+) \(.*$/\1/p')
for library in $libraries; do
  mkdir -p "$dir$(dirname "$library")"
  cp -L "$library" "$dir$library"
done
cp "$program" "$dir/$(basename "$program")"
mkdir -p "$dir/proc" "$dir/save"
chown 65532:65532 "$dir/save"
