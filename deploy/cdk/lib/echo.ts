// What does the backend say? Which route was called, and what the authorizer said of the caller.

import * as apigateway from 'aws-cdk-lib/aws-apigateway';

const ORIGIN = 'method.response.header.Access-Control-Allow-Origin';

// escapeJavaScript also escapes ', which JSON does not allow.
const CALLER = `{
  "route": "$context.httpMethod $context.resourcePath",
  "authorizer": {
    #foreach($name in $context.authorizer.keySet())
    "$name": "$util.escapeJavaScript($context.authorizer.get($name)).replaceAll("\\\\'", "'")"#if($foreach.hasNext),#end
    #end
  }
}`;

/** A method that needs no function: API Gateway answers by itself. */
export function echo(allowedOrigin: string): { integration: apigateway.Integration; options: apigateway.MethodOptions } {
  const integration = new apigateway.MockIntegration({
    passthroughBehavior: apigateway.PassthroughBehavior.NEVER,
    requestTemplates: { 'application/json': '{"statusCode":200}' },
    integrationResponses: [
      {
        statusCode: '200',
        responseParameters: { [ORIGIN]: `'${allowedOrigin}'` },
        responseTemplates: { 'application/json': CALLER },
      },
    ],
  });
  return { integration, options: { methodResponses: [{ statusCode: '200', responseParameters: { [ORIGIN]: true } }] } };
}
