// A person with an MCP client: the official SDK finds out where to sign in, signs in, and calls a tool.
//
// What a browser would do at the login is done here: its pages are asked for, and its form is filled in.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const settings = JSON.parse(process.env.MCP_SETTINGS);
const said = { asked: [] };

class Person {
  redirectUrl = settings.callback;
  clientMetadata = { redirect_uris: [settings.callback], token_endpoint_auth_method: 'none' };
  #kept = {};

  // Known beforehand: Cognito lets no client register itself.
  clientInformation() {
    return { client_id: settings.clientId };
  }
  tokens() {
    return this.#kept.tokens;
  }
  saveTokens(tokens) {
    this.#kept.tokens = tokens;
  }
  saveCodeVerifier(verifier) {
    this.#kept.verifier = verifier;
  }
  codeVerifier() {
    return this.#kept.verifier;
  }
  redirectToAuthorization(url) {
    said.authorization = Object.fromEntries(url.searchParams);
    this.authorizationUrl = url;
  }
}

async function signIn(start) {
  const cookies = new Map();
  let request = { url: start, method: 'GET' };
  for (let step = 0; step < 10; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(request.url, { ...request, headers: { ...request.headers, cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';', 1)[0].split('=');
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const next = location && new URL(location, request.url);
    if (next?.href.startsWith(settings.callback)) return next.searchParams.get('code');
    const form = new URLSearchParams({ username: settings.username, password: settings.password });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    request = next ? { url: next, method: 'GET' } : { url: request.url, method: 'POST', body: form.toString(), headers };
  }
  throw new Error('the login did not come back');
}

const record = async (url, options) => {
  said.asked.push(new URL(url).pathname);
  return fetch(url, options);
};
const person = new Person();
const transport = () => new StreamableHTTPClientTransport(new URL(settings.url), { authProvider: person, fetch: record });
const information = { name: 'test', version: '1' };

const first = transport();
try {
  await new Client(information).connect(first);
  throw new Error('a client without a token was let in');
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
}
await first.finishAuth(await signIn(person.authorizationUrl));

const client = new Client(information);
await client.connect(transport());
said.tools = (await client.listTools()).tools.map(({ name }) => name);
said.result = (await client.callTool({ name: 'whoami', arguments: {} })).content;
await client.close();
console.log(JSON.stringify(said));
