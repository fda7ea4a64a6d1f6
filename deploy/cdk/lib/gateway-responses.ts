// What does a page see of a refusal? Nothing without CORS headers on it; each type needs its own.

import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/**
 * `invalidTokenIsDenied`: a 403 may then have either cause, so it names none, and its body has the reason. Nothing is escaped in these
 * templates, which know no functions: `reason` is one of the function's own words.
 */
export function addGatewayResponses(api: RestApi, allowedOrigin: string, invalidTokenIsDenied: boolean): void {
  const origin = { 'Access-Control-Allow-Origin': `'${allowedOrigin}'` };
  const challenge = (parameters: string) => ({
    ...origin,
    'Access-Control-Expose-Headers': "'WWW-Authenticate'",
    'WWW-Authenticate': `'Bearer realm="api"${parameters}'`,
  });
  const message = '"message":$context.error.messageString';

  api.addGatewayResponse('Default4xx', { type: ResponseType.DEFAULT_4XX, responseHeaders: origin });
  api.addGatewayResponse('Default5xx', { type: ResponseType.DEFAULT_5XX, responseHeaders: origin });
  // Without an error code, since API Gateway does not say whether the token was missing or refused.
  api.addGatewayResponse('Unauthorized', { type: ResponseType.UNAUTHORIZED, responseHeaders: challenge('') });
  api.addGatewayResponse('AccessDenied', {
    type: ResponseType.ACCESS_DENIED,
    responseHeaders: challenge(invalidTokenIsDenied ? '' : ', error="insufficient_scope"'),
    templates: {
      'application/json': invalidTokenIsDenied ? `{${message},"reason":"$context.authorizer.reason"}` : `{${message}}`,
    },
  });
}
