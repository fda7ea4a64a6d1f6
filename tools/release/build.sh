#!/usr/bin/env bash
# Builds the function for one processor, the same bytes in whatever folder: build.sh arm64|x86_64 DIRECTORY.
# Needs cargo-lambda on PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
architecture=$1 directory=$2
case $architecture in
  arm64) option=--arm64 target=aarch64-unknown-linux-gnu ;;
  x86_64) option=--x86-64 target=x86_64-unknown-linux-gnu ;;
  *) echo "the architecture is arm64 or x86_64, not \"$architecture\"" >&2; exit 2 ;;
esac

# cargo lambda would add it unasked.
if [[ ! -d $(rustc --print sysroot)/lib/rustlib/$target ]]; then
  echo "Rust's target $target is not installed: rustup target add $target" >&2
  exit 3
fi

# The wrapper has to know the crates' folder, which is there only once they are fetched.
cargo fetch --locked --quiet
export RELEASE_SOURCE=$PWD RUSTC_WRAPPER=$PWD/tools/release/rustc.sh
# A folder of its own: cargo would take what was built without the wrapper for the same.
export CARGO_TARGET_DIR=$PWD/target/packaged
exec cargo lambda build --release --locked "$option" --lambda-dir "$directory"
