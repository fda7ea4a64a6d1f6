// Verifiers of other makers, each set up for Cognito's tokens by its own options. None that a good token would fail:
// `maxTokenAge` of jose, say, asks for an `iat`.
import { readFileSync } from 'node:fs';
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { jwks } from './vectors.mjs';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

// Only ID tokens name their client where a verifier of any issuer's tokens would look for it.
const audience = ({ token_use: uses, clients }) => (uses.join() === 'id' ? clients : null);

const keySet = createLocalJWKSet(jwks);

// Verifiers are made once for all cases of the same settings; the clock is none of them.
function remembered(make) {
  const made = new Map();
  return (settings) => {
    const key = JSON.stringify({ ...settings, now: undefined });
    if (!made.has(key)) made.set(key, make(settings));
    return made.get(key);
  };
}

const cognito = remembered((settings) => {
  const verifier = CognitoJwtVerifier.create({
    userPoolId: settings.user_pool_id,
    clientId: settings.clients,
    tokenUse: settings.token_use.length === 1 ? settings.token_use[0] : null,
    graceSeconds: settings.leeway_seconds,
  });
  verifier.cacheJwks(jwks);
  return verifier;
});

const generic = remembered((settings) => {
  const ofIssuer = (issuer) => ({ issuer, audience: audience(settings), graceSeconds: settings.leeway_seconds });
  const verifier = JwtVerifier.create(settings.issuers.map(ofIssuer));
  for (const issuer of settings.issuers) verifier.cacheJwks(jwks, issuer);
  return verifier;
});

function joseOptions(settings) {
  return {
    algorithms: ['RS256'],
    issuer: settings.issuers,
    requiredClaims: ['exp', 'sub', 'token_use'],
    clockTolerance: settings.leeway_seconds,
    currentDate: new Date(settings.now * 1000),
    ...(audience(settings) && { audience: audience(settings) }),
  };
}

const aws = `aws-jwt-verify ${dependencies['aws-jwt-verify']}`;

// `verify` throws where the token is refused.
export const peers = [
  { id: 'cognito', title: `${aws}, CognitoJwtVerifier`, verify: (token, settings) => cognito(settings).verifySync(token) },
  { id: 'generic', title: `${aws}, JwtVerifier`, verify: (token, settings) => generic(settings).verifySync(token) },
  { id: 'jose', title: `jose ${dependencies.jose}, jwtVerify`, verify: (token, settings) => jwtVerify(token, keySet, joseOptions(settings)) },
];

// The peers that believe the token.
export async function believers({ token, settings }) {
  Date.now = () => settings.now * 1000;
  const believing = [];
  for (const { id, verify } of peers) {
    try {
      await verify(token, settings);
      believing.push(id);
    } catch {
      // Whatever is thrown is a refusal.
    }
  }
  return believing;
}
