#!/usr/bin/env bash
# Makes each .txt anew from its .in: every package, also what packages bring along, with the hashes that pip asks for.
# Needs uv (https://docs.astral.sh/uv/), from PyPI or elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
for listed in tools/requirements/*.in clients/requirements.in; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command tools/requirements/compile.sh --output-file "${listed%.in}.txt" "$listed"
done
