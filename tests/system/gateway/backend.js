// Echoes what the authorizer said, as the mock integration of template.yaml does.
'use strict';

exports.handler = async ({ httpMethod, resource, requestContext }) => {
  // These two the emulator reads from the token by itself; API Gateway does not.
  const { claims, scopes, ...authorizer } = requestContext.authorizer;
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ route: `${httpMethod} ${resource}`, authorizer }),
  };
};
