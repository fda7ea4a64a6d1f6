// The cases of tests/vectors/tokens.json, tokens written out, each with the settings it is judged under.
import { readFileSync } from 'node:fs';

const file = JSON.parse(readFileSync(new URL('../vectors/tokens.json', import.meta.url), 'utf8'));

export const jwks = file.jwks;

// Every case, those about the header around the token too.
export const all = file.cases;

// A text, or pieces of one, of which some are to be repeated.
function writtenOut(recipe) {
  if (typeof recipe === 'string') return recipe;
  if (Array.isArray(recipe)) return recipe.map(writtenOut).join('');
  return recipe.repeat.repeat(recipe.times);
}

// What other verifiers can be asked about: they never see the header around the token.
export const tokens = all
  .filter(({ token }) => token !== undefined)
  .map(({ name, expect, token, settings }) => ({
    name,
    expect,
    accepted: expect === 'accept',
    token: writtenOut(token),
    settings: { ...file.settings, ...settings },
  }));
