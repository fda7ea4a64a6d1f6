// Asks verifiers of other makers about every token of tests/vectors/issuers.json, each set up for the token's issuer by its
// own options, and holds what they believe against what this project says.
//
// Each token that is accepted here, two of them must believe: jose, and aws-jwt-verify, or jsonwebtoken where that has no
// RSASSA-PSS. What one believes that is refused here stands in issuers-stricter.json with its reason, and nothing else
// stands there. `--write` puts the tokens of each reason there; a new reason is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { JwtVerifier } from 'aws-jwt-verify';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

const file = JSON.parse(readFileSync(new URL('../vectors/issuers.json', import.meta.url), 'utf8'));
const place = new URL('issuers-stricter.json', import.meta.url);
const stricter = JSON.parse(readFileSync(place, 'utf8'));

Date.now = () => file.now * 1000;

const settings = new Map(
  file.issuers.map((entry) => {
    const jwks = file.jwks[entry.name];
    const { audiences = null, algorithms = ['RS256'] } = entry;
    return [file.iss[entry.name], { issuer: file.iss[entry.name], jwks, audiences, algorithms }];
  }),
);

// Any of them does what most servers with several issuers do: the token's own word chooses the settings.
function settingsOf(token) {
  const { iss } = decodeJwt(token);
  const found = typeof iss === 'string' && settings.get(iss);
  if (!found) throw new Error('another issuer');
  return found;
}

async function byJose(token) {
  const { issuer, jwks, audiences, algorithms } = settingsOf(token);
  const options = { algorithms, issuer, requiredClaims: ['exp', 'sub'], currentDate: new Date(Date.now()) };
  await jwtVerify(token, createLocalJWKSet(jwks), { ...options, ...(audiences && { audience: audiences }) });
}

const isPss = ({ algorithms }) => algorithms.some((name) => name.startsWith('PS'));

function byAws(token) {
  const { issuer, jwks, audiences } = settingsOf(token);
  const verifier = JwtVerifier.create([{ issuer, audience: audiences, jwksUri: `${issuer}/keys` }]);
  verifier.cacheJwks(jwks, issuer);
  verifier.verifySync(token);
}

// EdDSA alone is nothing that it knows, and that is where aws-jwt-verify stands in.
function byJsonwebtoken(token) {
  const { issuer, jwks, audiences, algorithms } = settingsOf(token);
  const key = createPublicKey({ key: jwks.keys[0], format: 'jwk' });
  jsonwebtoken.verify(token, key, { algorithms, issuer, ...(audiences && { audience: audiences }), clockTimestamp: file.now });
}

async function believers({ token, entry }) {
  const second = isPss(settings.get(file.iss[entry])) ? ['jsonwebtoken', byJsonwebtoken] : ['aws', byAws];
  const found = [];
  for (const [id, verify] of [['jose', byJose], second]) {
    try {
      await verify(token);
      found.push(id);
    } catch {
      // Whatever is thrown is a refusal.
    }
  }
  return { found: found.join(' '), all: `jose ${second[0]}` };
}

const listed = new Map(Object.values(stricter).flatMap(({ tokens }) => Object.entries(tokens)));
const problems = [];
const found = new Map();
for (const item of file.cases) {
  const believing = await believers(item);
  const accepted = item.expect === 'accept';
  const wanted = accepted ? believing.all : (listed.get(item.name) ?? '');
  if (accepted && believing.found !== wanted) {
    problems.push(`${item.name}: accepted here, believed by "${believing.found}"`);
  } else if (!accepted && believing.found) {
    found.set(item.name, { by: believing.found, reason: item.expect });
  }
  if (!accepted && believing.found !== wanted && !process.argv.includes('--write')) {
    problems.push(`${item.name} (${item.expect} here): believed by "${believing.found}", expected "${wanted}"`);
  }
}
for (const name of listed.keys()) if (!found.has(name) && !process.argv.includes('--write')) problems.push(`${name}: listed, and believed by none`);
if (process.argv.includes('--write')) {
  for (const reason of new Set([...found.values()].map((one) => one.reason))) {
    const of = [...found].filter(([, one]) => one.reason === reason).map(([name, { by }]) => [name, by]);
    stricter[reason] = { why: stricter[reason]?.why ?? '', tokens: Object.fromEntries(of) };
  }
  writeFileSync(place, `${JSON.stringify(stricter, null, 1)}\n`);
}
for (const [reason, { why }] of Object.entries(stricter)) if (!why) problems.push(`${reason}: no reason is written down`);

for (const problem of problems) console.error(problem);
const accepted = file.cases.filter(({ expect }) => expect === 'accept').length;
console.log(`${file.cases.length} tokens of several issuers, ${accepted} accepted here; ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
