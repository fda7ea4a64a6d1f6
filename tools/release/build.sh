#!/usr/bin/env bash
# Builds a program for one processor, the same bytes in whatever folder: build.sh arm64|x86_64 DIRECTORY [authz].
# Without a name it is the function. DIRECTORY/NAME/bootstrap is what it makes.
# Needs cargo-lambda on PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
architecture=$1 directory=$2 program=${3:-cognito-authorizer}
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

# The tool runs on whatever machine there is: for the oldest glibc that Rust supports (rustc book, "Platform support").
if [[ $program != cognito-authorizer ]]; then
  options=(--package "$program" --bin "$program" --target "$target.2.17")
else
  options=("$option")
fi

# The wrapper has to know the crates' folder, which is there only once they are fetched.
cargo fetch --locked --quiet
export RELEASE_SOURCE=$PWD RUSTC_WRAPPER=$PWD/tools/release/rustc.sh
# A folder of its own: cargo would take what was built without the wrapper for the same.
export CARGO_TARGET_DIR=$PWD/target/packaged
exec cargo lambda build --release --locked "${options[@]}" --lambda-dir "$directory"
