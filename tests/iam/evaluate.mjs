// Reads lines of {"policy": …, "arns": […]} and answers each with a line of booleans: is the ARN allowed?
import { createInterface } from 'node:readline';
import { runSimulation } from '@cloud-copilot/iam-simulate';

async function isAllowed(policy, arn) {
  const account = arn.split(':')[4];
  const answer = await runSimulation({
    request: {
      principal: `arn:aws:iam::${account}:user/caller`,
      action: 'execute-api:Invoke',
      resource: { resource: arn, accountId: account },
      contextVariables: {},
    },
    identityPolicies: [{ name: 'policy', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  if (answer.resultType === 'error') throw new Error(`${arn}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}

for await (const line of createInterface({ input: process.stdin })) {
  const { policy, arns } = JSON.parse(line);
  const verdicts = [];
  for (const arn of arns) verdicts.push(await isAllowed(policy, arn));
  console.log(JSON.stringify(verdicts));
}
