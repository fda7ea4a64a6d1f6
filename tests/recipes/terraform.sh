#!/usr/bin/env bash
# Is the Terraform module well formed, and valid by the provider's schema? TERRAFORM_PLUGINS may name a folder that has the
# provider; otherwise it comes from Terraform's registry, if that can be reached.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v terraform >/dev/null; then
  echo "skipped: there is no terraform here"
  exit 0
fi
export CHECKPOINT_DISABLE=1
terraform fmt -check -recursive deploy >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/deploy/recipes"
cp -r deploy/terraform "$work/deploy/"
cp -r deploy/recipes/terraform "$work/deploy/recipes/"
cd "$work/deploy/recipes/terraform"
touch authorizer.zip
if terraform init -input=false ${TERRAFORM_PLUGINS:+"-plugin-dir=$TERRAFORM_PLUGINS"} >init.log 2>&1; then
  terraform validate -no-color
else
  echo "skipped terraform validate: the provider cannot be had here"
fi
