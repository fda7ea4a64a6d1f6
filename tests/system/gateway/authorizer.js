// Hands the authorizer's events to the built function, which runs under `cargo lambda watch`.
//
// What API Gateway does and the emulator does not is done here: the method ARN names the path that was asked for, where the
// emulator has the route's template; an answer is kept for the token and applied to whatever else that token asks for; and
// in a policy `*` and `?` alone are special, where the emulator takes the whole for a regular expression.
'use strict';

const TTL_MILLISECONDS = 300_000;
const answers = new Map();

exports.handler = async (event) => {
  const [stagePrefix] = event.methodArn.split(`${event.httpMethod}/`, 1);
  const path = event.path.replace(/^\/[^/]+\//, '');
  // The emulator reads this member again when it applies the policy.
  event.methodArn = `${stagePrefix}${event.httpMethod}/${path}`;
  const kept = answers.get(event.authorizationToken);
  // A copy, since the emulator writes into it.
  if (kept && Date.now() < kept.until) return structuredClone(kept.answer);
  const answer = literal(await invoke(event));
  answers.set(event.authorizationToken, { answer, until: Date.now() + TTL_MILLISECONDS });
  return structuredClone(answer);
};

// A TOKEN event has these three members and no others. Whatever this throws, the emulator answers with 401.
async function invoke({ type, methodArn, authorizationToken }) {
  const response = await fetch(process.env.FUNCTION_URL, {
    method: 'POST',
    body: JSON.stringify({ type, methodArn, authorizationToken }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errorMessage);
  return answer;
}

function literal(answer) {
  for (const statement of answer.policyDocument.Statement) {
    statement.Resource = statement.Resource.map((resource) =>
      // Without a wildcard it is compared as it is.
      /[*?]/.test(resource) ? resource.replace(/[.+^$(){}|[\]\\]/g, '\\$&') : resource,
    );
  }
  return answer;
}
