// Stands in for managed login: an OpenID provider at managed login's paths, for the accounts of an emulated user pool.
//
// A sign-in's password is checked by the pool, and the tokens have the pool's issuer and shape. The provider checks
// redirect URIs, PKCE and client secrets. /keys is the pool's key set and the provider's in one, as Cognito publishes it.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.env.LOGIN_SETTINGS);
const RESOURCE = 'https://orders.example.com';
const SCOPES = 'openid email orders/read orders/pii';
const MACHINE_SCOPES = 'orders/read';
const accounts = new Map();

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };

const provider = new Provider(settings.issuer, {
  clients: [
    {
      client_id: settings.userClient,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: [settings.callback],
      scope: SCOPES,
    },
    {
      client_id: settings.machineClient,
      client_secret: settings.machineSecret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      scope: MACHINE_SCOPES,
    },
  ],
  jwks: { keys: [signingKey] },
  cookies: { keys: [randomUUID()] },
  routes: { authorization: '/oauth2/authorize', token: '/oauth2/token' },
  interactions: { url: () => '/login' },
  pkce: { required: () => true },
  scopes: SCOPES.split(' '),
  claims: { openid: ['sub', 'token_use', 'cognito:username', 'cognito:groups', 'auth_time'], email: ['email'] },
  // Cognito puts the claims of all scopes into the id token.
  conformIdTokenClaims: false,
  ttl: { AccessToken: 3600, ClientCredentials: 3600, IdToken: 3600, Interaction: 600, Grant: 3600, Session: 3600 },
  findAccount: (_context, id) => ({ accountId: id, claims: () => identity(id) }),
  loadExistingGrant,
  formats: { customizers: { jwt: shapeAsCognito } },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      // As Cognito does, a token that is asked for with a resource is bound to it.
      getResourceServerInfo: (_context, resource, client) => ({
        scope: client.clientId === settings.machineClient ? MACHINE_SCOPES : SCOPES,
        audience: resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

function identity(sub) {
  const { username, groups } = accounts.get(sub);
  return { sub, token_use: 'id', 'cognito:username': username, email: username, ...groups };
}

function shapeAsCognito(_context, token, jwt) {
  const account = accounts.get(token.accountId);
  jwt.header = { typ: undefined };
  Object.assign(jwt.payload, { token_use: 'access', version: 2, auth_time: jwt.payload.iat });
  if (account) Object.assign(jwt.payload, { username: account.username, ...account.groups });
}

// Managed login asks for no consent.
async function loadExistingGrant({ oidc: { client, session, params } }) {
  const granted = session.grantIdFor(client.clientId);
  if (granted) return provider.Grant.find(granted);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES);
  for (const resource of [RESOURCE].concat(params.resource ?? [])) grant.addResourceScope(resource, SCOPES);
  await grant.save();
  return grant;
}

// The pool's own sign-in; null if it refuses.
async function passwordSignIn(username, password) {
  const response = await fetch(settings.cognito, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: settings.userClient,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  });
  const token = (await response.json()).AuthenticationResult?.AccessToken;
  if (!token) return null;
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const groups = claims['cognito:groups'] ? { 'cognito:groups': claims['cognito:groups'] } : {};
  accounts.set(claims.sub, { username: claims.username, groups });
  return claims.sub;
}

async function login(request, response) {
  // Throws for a browser that is not in the middle of a sign-in.
  await provider.interactionDetails(request, response);
  if (request.method === 'GET') return page(response, 200, '');
  const form = new URLSearchParams(await body(request));
  const accountId = await passwordSignIn(form.get('username'), form.get('password'));
  if (accountId === null) return page(response, 200, '<p role="alert">Incorrect username or password.</p>');
  return provider.interactionFinished(request, response, { login: { accountId } });
}

function page(response, status, message) {
  response.writeHead(status, { 'Content-Type': 'text/html' });
  response.end(`<!doctype html><html lang="en"><title>Sign in</title>${message}<form method="post">
    <label>Username <input name="username" autocomplete="username"></label> <label>Password <input name="password" type="password" autocomplete="current-password"></label>
    <button>Sign in</button></form></html>`);
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

// Managed login's own: the session ends, and the browser goes to a page that the client has registered.
async function logout(request, response) {
  const query = new URL(request.url, 'http://localhost').searchParams;
  const known = query.get('client_id') === settings.userClient && query.get('logout_uri') === settings.callback;
  if (!known) return response.writeHead(400).end();
  const session = await provider.Session.get(provider.createContext(request, response));
  await session.destroy();
  return response.writeHead(302, { Location: settings.callback }).end();
}

async function keys(_request, response) {
  const published = await (await fetch(`${settings.cognito}/${settings.pool}/.well-known/jwks.json`)).json();
  const { kty, n, e, kid, alg, use } = signingKey;
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ keys: [...published.keys, { kty, n, e, kid, alg, use }] }));
}

const own = { '/login': login, '/logout': logout, '/keys': keys };
const rest = provider.callback();
const server = createServer((request, response) => {
  const handler = own[request.url.split('?')[0]] ?? rest;
  Promise.resolve(handler(request, response)).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(400);
    response.end();
  });
});
provider.on('server_error', (_context, error) => console.error(error));
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
