// Where is the function's package? `make build` made it, unless somebody says otherwise.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Architecture, Code } from 'aws-cdk-lib/aws-lambda';

export interface FunctionPackage {
  readonly code: Code;
  readonly architecture: Architecture;
}

const ARCHITECTURES = new Map([
  ['arm64', Architecture.ARM_64],
  ['x86_64', Architecture.X86_64],
]);

/** `path`: a zip or a folder with `bootstrap` and `permissions.json`. A relative one starts at the working directory. */
export function functionPackage(name = 'arm64', path?: string): FunctionPackage {
  const architecture = ARCHITECTURES.get(name);
  if (!architecture) {
    throw new Error(`architecture is ${[...ARCHITECTURES.keys()].join(' or ')}, not ${name}`);
  }
  const zip = path ?? `../../target/lambda/${name}/cognito-authorizer/bootstrap.zip`;
  if (!existsSync(zip)) {
    throw new Error(`no function at ${resolve(zip)}: run \`make build\` in the project's root, or name one with -c code=PATH`);
  }
  return { code: Code.fromAsset(zip), architecture };
}
