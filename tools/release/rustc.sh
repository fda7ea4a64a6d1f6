#!/usr/bin/env bash
# Runs rustc so that no folder of this machine gets into what it makes. Cargo calls it as its RUSTC_WRAPPER, and not with
# RUSTFLAGS: those would be part of the names that cargo gives to symbols, and those would then differ from folder to folder.
set -euo pipefail
flags=("--remap-path-prefix=$RELEASE_SOURCE=/cognito-authorizer")
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  flags+=("--remap-path-prefix=$crates=/crates")
done
exec "$@" "${flags[@]}"
