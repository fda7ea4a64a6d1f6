// Hands the authorizer's events to the built function, which runs under `cargo lambda watch`.
//
// What API Gateway does and the emulator does not is done here: the method ARN names the path that was asked for, where the
// emulator has the route's template; an answer is kept by the authorizer's identity sources, by no more and no less; and its
// policy is applied, by IAM's rules, to every request that has the same.
'use strict';

const TTL_MILLISECONDS = 300_000;
const SOURCES = process.env.IDENTITY_SOURCE.split(',').map((source) => source.trim());
const answers = new Map();

exports.handler = async (event) => {
  const [stagePrefix] = event.methodArn.split(`${event.httpMethod}/`, 1);
  const path = event.path.replace(/^\/[^/]+/, '');
  // The emulator reads this member again when it applies the policy.
  event.methodArn = `${stagePrefix}${event.httpMethod}${path}`;
  const key = JSON.stringify(SOURCES.map((source) => identity(event, source)));
  const kept = answers.get(key);
  if (kept && Date.now() < kept.until) return judged(kept.answer, event.methodArn);
  const answer = await invoke(event.type === 'TOKEN' ? tokenEvent(event) : requestEvent(event, path));
  answers.set(key, { answer, until: Date.now() + TTL_MILLISECONDS });
  return judged(answer, event.methodArn);
};

// What a request must have, or the function is not called. The names are those of a REST API's mapping expressions.
function identity(event, source) {
  const [, header] = /^method\.request\.header\.(.+)$/.exec(source) ?? [];
  const value = header ? valueOf(event.headers, header) : { 'context.path': event.path, 'context.httpMethod': event.httpMethod }[source];
  if (!value) throw new Error(`the identity source ${source} is not in the request, or not known here`);
  return value;
}

function valueOf(headers, name) {
  return Object.entries(headers).find(([written]) => written.toLowerCase() === name.toLowerCase())?.[1];
}

// A TOKEN event has these three members and no others.
function tokenEvent({ type, methodArn, authorizationToken }) {
  return { type, methodArn, authorizationToken };
}

function requestEvent({ type, methodArn, resource, httpMethod, headers, multiValueHeaders, requestContext }, path) {
  return { type, methodArn, resource, path, httpMethod, headers, multiValueHeaders, requestContext };
}

// Whatever this throws, the emulator answers with 401.
async function invoke(event) {
  const response = await fetch(process.env.FUNCTION_URL, { method: 'POST', body: JSON.stringify(event) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errorMessage);
  return answer;
}

// Policies are judged here, by IAM's rules: the emulator takes an ARN apart and a resource for a regular expression. It is told
// the outcome for this one method.
function judged({ policyDocument, ...answer }, methodArn) {
  const effects = policyDocument.Statement.filter(({ Resource }) => Resource.some((resource) => matches(resource, methodArn)));
  const allowed = effects.some(({ Effect }) => Effect === 'Allow') && !effects.some(({ Effect }) => Effect === 'Deny');
  const statement = { Action: 'execute-api:Invoke', Effect: allowed ? 'Allow' : 'Deny', Resource: [methodArn] };
  return { ...structuredClone(answer), policyDocument: { Version: '2012-10-17', Statement: [statement] } };
}

// `*` is any run of characters, `?` is exactly one.
function matches(resource, arn) {
  const pattern = resource.replace(/[.+^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(arn);
}
