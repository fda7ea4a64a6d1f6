// Issuers on loopback, each in the shape of one kind, and one access token of each: the tokens are made by oidc-provider, by
// its client credentials grant with a resource (RFC 8707) and structured access tokens.
//
// Prints one line of JSON, {name: {issuer, tokens: {good, ...}}}, and serves until its input ends.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const AUDIENCE = 'https://api.example.com';

const KEYS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

// What each kind's tokens have otherwise than RFC 9068's, which are the provider's own.
const SHAPES = {
  rfc9068: { alg: 'ES256', typ: 'at+jwt', shape: () => {} },
  edwards: { alg: 'EdDSA', typ: 'at+jwt', shape: () => {} },
  auth0: {
    alg: 'RS256',
    typ: 'JWT',
    shape: (payload) => {
      payload.azp = payload.client_id;
      delete payload.client_id;
      payload.aud = [payload.aud, `${payload.iss}/userinfo`];
      payload.permissions = ['orders/read'];
    },
  },
  okta: {
    alg: 'RS256',
    typ: undefined,
    shape: (payload) => {
      payload.cid = payload.client_id;
      delete payload.client_id;
      payload.scp = payload.scope.split(' ');
      delete payload.scope;
      payload.groups = ['admin'];
    },
  },
  keycloak: {
    alg: 'PS256',
    typ: 'JWT',
    shape: (payload) => {
      payload.typ = 'Bearer';
      payload.azp = payload.client_id;
      delete payload.client_id;
      payload.realm_access = { roles: ['admin'] };
    },
  },
};

const client = { client_id: 'machine', client_secret: 'a-secret-of-this-test-alone-0123456789' };

async function start(name, { alg, typ, shape }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const jwk = { ...KEYS[alg]().privateKey.export({ format: 'jwk' }), kid: 'key-1', alg, use: 'sig' };
  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
    clients: [
      {
        ...client,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: alg,
      },
    ],
    scopes: ['orders/read', 'orders/write'],
    formats: {
      customizers: {
        jwt: (context, made, structured) => {
          structured.header = { typ };
          shape(structured.payload);
        },
      },
    },
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({
          audience: AUDIENCE,
          scope: 'orders/read orders/write',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  });
  provider.on('server_error', (context, error) => console.error(error));
  server.on('request', provider.callback());
  return [name, { issuer, alg, token: await token(issuer), writer: await token(issuer, 'orders/write') }];
}

async function token(issuer, scope = 'orders/read') {
  const { client_id: id, client_secret: secret } = client;
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: AUDIENCE }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${issuer}: ${JSON.stringify(body)}`);
  return body.access_token;
}

const started = await Promise.all(Object.entries(SHAPES).map(([name, shape]) => start(name, shape)));
console.log(JSON.stringify(Object.fromEntries(started)));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
