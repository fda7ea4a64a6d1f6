'use strict';

exports.handler = async ({ requestContext }) => {
  const { userId } = requestContext.authorizer ?? {};
  // What comes without the authorizer's context is refused here too.
  if (!userId) return { statusCode: 403 };
  return { statusCode: 200, body: JSON.stringify({ userId }) };
};
