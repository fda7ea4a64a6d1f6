// Signs in by authorization code with PKCE (RFC 7636) and calls the API with the access token.
//
// The tokens live in this module's memory and nowhere else, so a reload signs out of the page, and only script of this page
// can read them. What the redirect needs to come back to is in sessionStorage, until it has come back.
import { authorizationUrl, newSignIn, signInFrom, unverifiedClaims } from './oauth.js';

const PENDING = 'sign-in';
const element = (id) => document.getElementById(id);

let config;
let session = null;

async function start() {
  config = await loadConfig();
  element('sign-in').addEventListener('click', () => signIn().catch(showProblem));
  element('sign-out').addEventListener('click', signOut);
  element('call').addEventListener('submit', (event) => {
    event.preventDefault();
    call(element('verb').value, element('path').value).catch(showProblem);
  });
  try {
    session = await comeBack();
  } finally {
    showSession();
  }
}

async function loadConfig() {
  const answer = await fetch('config.json');
  if (!answer.ok) throw new Error('There is no config.json beside this page; config.example.json shows what it holds.');
  const { LoginUrl, UserClientId, ApiUrl, Scopes } = await answer.json();
  // The page's own address, whether or not it was asked for with index.html. Managed login matches it exactly.
  const redirectUri = new URL('.', location.href).href;
  const [loginUrl, apiUrl] = [LoginUrl, ApiUrl].map((url) => url.replace(/\/+$/, ''));
  return { loginUrl, apiUrl, clientId: UserClientId, scopes: Scopes, redirectUri };
}

async function signIn() {
  const pending = newSignIn();
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  location.assign(await authorizationUrl(config, pending));
}

// The session that the redirect brought, or null if this is no redirect.
async function comeBack() {
  const answer = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING));
  sessionStorage.removeItem(PENDING);
  if (!answer.has('code') && !answer.has('error')) return null;
  // Before anything else can fail: the code is to be in no history, bookmark or copied address.
  history.replaceState(null, '', config.redirectUri);
  return signInFrom(config, pending, answer);
}

function signOut() {
  session = null;
  const query = new URLSearchParams({ client_id: config.clientId, logout_uri: config.redirectUri });
  location.assign(`${config.loginUrl}/logout?${query}`);
}

async function call(verb, template) {
  const path = template.replaceAll('{sub}', encodeURIComponent(session?.identity.sub ?? 'nobody'));
  const headers = session ? { Authorization: `Bearer ${session.accessToken}` } : {};
  showAnswer(`${verb} ${path} …`);
  let answer;
  try {
    answer = await fetch(config.apiUrl + path, { method: verb, headers, credentials: 'omit', redirect: 'error' });
  } catch {
    return showAnswer(`${verb} ${path}: no answer that this page may read (the network, or CORS)`);
  }
  const meaning = { 401: ' – not signed in, or no longer', 403: ' – not permitted' }[answer.status] ?? '';
  showAnswer(`${verb} ${path}: ${answer.status}${meaning}`, indented(await answer.text()));
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function showAnswer(status, body = '') {
  element('answer-status').textContent = status;
  element('answer-body').textContent = body;
  element('answer-body').hidden = body === '';
}

function showSession() {
  element('who').textContent = session ? `Signed in as ${name(session.identity)}` : 'Not signed in';
  element('sign-in').hidden = session !== null;
  element('sign-out').hidden = session === null;
  element('session').hidden = session === null;
  element('send').disabled = false;
  if (session) element('claims').replaceChildren(...Object.entries(unverifiedClaims(session.accessToken)).flatMap(claim));
}

const name = (identity) => identity.email ?? identity['cognito:username'] ?? identity.sub;

function claim([claimName, value]) {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = claimName;
  description.textContent = typeof value === 'string' ? value : JSON.stringify(value);
  return [term, description];
}

function showProblem(error) {
  element('problem').textContent = error.message;
  element('problem').hidden = false;
}

start().catch(showProblem);
