// The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) against managed login, without state of its own.

// 32 bytes are what RFC 7636 section 4.1 recommends for the verifier; in base64url they are 43 characters.
const RANDOM_BYTES = 32;

// What has to be remembered until the browser comes back: `state` ties the answer to this browser, `nonce` the id token to
// this sign-in, and `verifier` proves to the token endpoint that the code is used by who asked for it.
export function newSignIn() {
  return { state: random(), nonce: random(), verifier: random() };
}

export async function authorizationUrl(config, { state, nonce, verifier }) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: config.scopes,
    state,
    nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  });
  return `${config.loginUrl}/oauth2/authorize?${query}`;
}

// The session that managed login's answer, the query of the redirect, amounts to.
export async function signInFrom(config, pending, answer) {
  if (pending === null || answer.get('state') !== pending.state) {
    throw new Error('This answer does not belong to a sign-in that this page began. Sign in again.');
  }
  if (answer.has('error')) {
    throw new Error(`Managed login refused: ${answer.get('error_description') ?? answer.get('error')}`);
  }
  const tokens = await redeem(config, answer.get('code'), pending.verifier);
  const identity = unverifiedClaims(tokens.id_token);
  // The signature need not be checked, since the token came straight from the token endpoint over TLS (OpenID Connect Core
  // section 3.1.3.7, number 6). The API trusts none of this: its authorizer verifies the access token.
  if (identity.nonce !== pending.nonce || identity.aud !== config.clientId || identity.token_use !== 'id') {
    throw new Error('The id token is not for this sign-in. Sign in again.');
  }
  return { accessToken: tokens.access_token, identity };
}

async function redeem(config, code, verifier) {
  const answer = await fetch(`${config.loginUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: config.clientId,
      redirect_uri: config.redirectUri,
      code,
      code_verifier: verifier,
    }),
    credentials: 'omit',
  });
  if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}. Sign in again.`);
  return answer.json();
}

export function unverifiedClaims(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
