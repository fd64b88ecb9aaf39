#!/bin/sh
# querycop @VERSION@: the runtime and the program, unpacked once into the user's cache and then run.
set -eu

runtime_sum=@RUNTIME_SUM@
runtime_size=@RUNTIME_SIZE@
program_sum=@PROGRAM_SUM@
program_size=@PROGRAM_SIZE@
stub_size=@STUB_SIZE@

fail() {
  printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
  exit 70
}

self=$0
[ -f "$self" ] || self=$(command -v -- "$0") || fail "Cannot find this file again as $0" "Start it by its path"

# sum FILE: its SHA-256 in hexadecimal.
sum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -c 1-64
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1" | cut -c 1-64
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" | cut -c 1-64
  else fail "Cannot check what was unpacked: there is no sha256sum, shasum or openssl" "Install coreutils"
  fi
}

# mine DIRECTORY: made where it is missing; true when it is ours alone and can be written.
mine() {
  [ -d "$1" ] || (umask 077 && mkdir -p "$1") 2>/dev/null || return 1
  [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ]
}

# unpack OFFSET SIZE SUM FILE: writes one part of this file, and checks it.
unpack() {
  tail -c "+$1" "$self" 2>/dev/null | head -c "$2" | gzip -dc >"$4" 2>/dev/null || return 1
  [ "$(sum "$4")" = "$3" ] ||
    fail "$self is damaged: the checksum of what it holds is wrong" "Download or build it again"
}

# install DIRECTORY: puts what is missing there. What is not finished has a name of its own and goes when this ends; a
# rename or a link makes it visible whole, and whoever else unpacks at the same time puts the same there.
install() {
  mine "$1" || return 1
  work=$(mktemp -d "$1/unpack.XXXXXX") || return 1
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  installed=no
  if install_runtime && install_program; then installed=yes; fi
  rm -rf "$work"
  trap - EXIT INT TERM
  [ "$installed" = yes ]
}

install_runtime() {
  [ ! -x "$runtime" ] || return 0
  unpack "$((stub_size + 1))" "$runtime_size" "$runtime_sum" "$work/runtime" || return 1
  chmod 700 "$work/runtime"
  "$work/runtime" --version >/dev/null 2>&1 || return 1
  mv -f "$work/runtime" "$runtime"
}

install_program() {
  [ ! -f "$program/main.js" ] || return 0
  unpack "$((stub_size + runtime_size + 1))" "$program_size" "$program_sum" "$work/program.tar" || return 1
  whole=$(mktemp -d "$program.XXXXXX") || return 1
  if tar -xf "$work/program.tar" -C "$whole" 2>/dev/null; then
    ln -sn "${whole##*/}" "$program" 2>/dev/null || rm -rf "$whole"
    [ -f "$program/main.js" ]
  else
    rm -rf "$whole"
    return 1
  fi
}

# ready DIRECTORY: both parts are there, ours, unpacked before or now.
ready() {
  runtime=$1/runtime-$runtime_sum
  program=$1/program-$program_sum
  if [ ! -x "$runtime" ] || [ ! -f "$program/main.js" ]; then install "$1" || return 1; fi
  [ -O "$runtime" ] && [ -O "$program/main.js" ]
}

found=
for directory in "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/querycop" "${TMPDIR:-/tmp}/querycop-$(id -u)"; do
  if ready "$directory"; then
    found=$directory
    break
  fi
done
[ -n "$found" ] || fail "Cannot unpack querycop into the cache directory or ${TMPDIR:-/tmp}" \
  "Set XDG_CACHE_HOME to a directory of yours with 150 MB free, on a file system that may hold programs"

export DENO_DIR="$found/runtime-cache" DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
exec "$runtime" run --quiet --no-prompt --no-config --no-lock --no-remote @RUNTIME_FLAGS@ "$program/main.js" "$@"
