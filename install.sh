#!/bin/sh
# Installs the compiled programs: ./install.sh [PREFIX]
#
# They are taken from the folder of this script (in a release) or from dist/
# below it, checked against SHA256SUMS, and put into PREFIX/bin, ~/.local/bin
# unless given.
set -eu
# Where it is set, cd prints the folder that it finds through it.
unset CDPATH

fail() {
  printf 'ERROR: %s\n' "$1" >&2
  exit 1
}

# Prints a word as a shell reads it, whatever is in it.
quoted() {
  printf "'"
  printf '%s' "$1" | sed "s/'/'\\\\''/g"
  printf "'"
}

[ $# -le 1 ] || fail "one PREFIX at most; usage: ./install.sh [PREFIX]"
case "${1:-}" in
  -h | --help)
    echo "Usage: ./install.sh [PREFIX]"
    echo "Puts the programs into PREFIX/bin; PREFIX is ~/.local unless given."
    exit 0
    ;;
  -*) fail "there is no option $1; usage: ./install.sh [PREFIX]" ;;
esac
bin="${1:-${HOME:?HOME must be set, or a PREFIX given}/.local}/bin"
# Programs are copied from another folder, and the undo command is for any.
case "$bin" in
  /*) ;;
  *) bin="$PWD/$bin" ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
from="$here"
[ -f "$from/SHA256SUMS" ] || from="$here/dist"
[ -f "$from/SHA256SUMS" ] || fail "no programs in $here; make them with: deno task compile"

cd "$from"
if command -v sha256sum > /dev/null; then
  sums=$(sha256sum -c SHA256SUMS 2>&1) || fail "$(printf '%s\n' "$sums" | grep -v ': OK$' | head -n 1)"
else
  sums=$(shasum -a 256 -c SHA256SUMS 2>&1) || fail "$(printf '%s\n' "$sums" | grep -v ': OK$' | head -n 1)"
fi

mkdir -p "$bin" 2> /dev/null || fail "can't make $bin; give a PREFIX that you can write to"
[ -w "$bin" ] || fail "can't write to $bin; give a PREFIX that you can write to"
installed=
while read -r _ name; do
  # Renamed into place: a program that runs meanwhile is not disturbed.
  cp "$name" "$bin/.$name.new"
  chmod 755 "$bin/.$name.new"
  mv -f "$bin/.$name.new" "$bin/$name"
  installed="$installed $(quoted "$bin/$name")"
  printf 'installed %s\n' "$bin/$name"
done < SHA256SUMS

case ":$PATH:" in
  *":$bin:"*) ;;
  *) printf 'note: %s is not on your PATH\n' "$bin" ;;
esac
printf 'to undo: rm%s\n' "$installed"
