// Asks verifiers of other makers about every token, and holds what they believe against what this project says.
//
// Each must believe what is accepted here. What one believes that is refused here stands in stricter.json, in the class
// that says why, and nothing else stands there. The tables in docs/verification.md are what this run finds; `--write`
// puts them there.
import { readFileSync, writeFileSync } from 'node:fs';
import { believers, peers } from './peers.mjs';
import { casesTable, inDocument, stricterTable } from './tables.mjs';
import { tokens } from './vectors.mjs';

const classes = JSON.parse(readFileSync(new URL('stricter.json', import.meta.url), 'utf8'));
const document = new URL('../../docs/verification.md', import.meta.url);

// The name of each token in the table, with the peers that are said to believe it.
function listed(problems) {
  const found = new Map();
  for (const { believed_by: groups } of classes) {
    for (const [believing, names] of Object.entries(groups)) {
      for (const name of names) {
        if (found.has(name)) problems.push(`${name}: listed twice in stricter.json`);
        found.set(name, believing);
      }
    }
  }
  return found;
}

async function compared(problems) {
  const expected = listed(problems);
  for (const token of tokens) {
    const believing = (await believers(token)).join(' ');
    const said = expected.get(token.name) ?? '';
    expected.delete(token.name);
    const wanted = token.accepted ? peers.map(({ id }) => id).join(' ') : said;
    if (token.accepted && said) problems.push(`${token.name}: accepted here, so nothing to list in stricter.json`);
    if (believing !== wanted) {
      problems.push(`${token.name} (${token.expect} here): believed by "${believing}", expected "${wanted}"`);
    }
  }
  for (const name of expected.keys()) problems.push(`${name}: in stricter.json, and no token of this name`);
}

const problems = [];
await compared(problems);

const tables = { cases: casesTable(), stricter: stricterTable(classes) };
const text = readFileSync(document, 'utf8');
const current = inDocument(text, tables);
if (process.argv.includes('--write')) {
  writeFileSync(document, current);
} else if (text !== current) {
  problems.push('docs/verification.md holds other tables than this run found: put them there with --write');
}

console.log(tables.stricter);
for (const problem of problems) console.error(problem);
const accepted = tokens.filter(({ accepted: believed }) => believed).length;
console.log(`\n${tokens.length} tokens, ${accepted} accepted here; ${peers.length} verifiers; ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
