#!/usr/bin/env bash
# Builds the release of the last commit, or of a tree without git, twice, in folders and with a cargo home of other names, and compares every file.
# Only for the processor of this machine: the other one differs in nothing that this asks about.
set -euo pipefail
cd "$(dirname "$0")/../.."
architecture=$(uname -m)
architecture=${architecture/aarch64/arm64}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The second has the crates of the first, by another name.
cargo fetch --locked --quiet
mkdir -p "$work/first" "$work/elsewhere/second"
ln -s "${CARGO_HOME:-$HOME/.cargo}" "$work/cargo"

build() {
  if git rev-parse HEAD >/dev/null 2>&1; then
    git archive HEAD
  else
    tar c --exclude=./target --exclude=./.tools --exclude=./dist --exclude=node_modules .
  fi | tar x -C "$1"
  # The tools are not built again.
  ln -s "$PWD/.tools" "$1/.tools"
  make --no-print-directory -C "$1" release ARCHITECTURES="$architecture"
}
build "$work/first"
CARGO_HOME=$work/cargo build "$work/elsewhere/second"

diff --recursive "$work/first/dist" "$work/elsewhere/second/dist"
if grep -raoE "$work|$PWD|$HOME/[^ ]{1,80}" "$work/first/dist"; then
  echo "the release has the names of this machine's folders" >&2
  exit 1
fi
echo "both are the same, byte for byte"
