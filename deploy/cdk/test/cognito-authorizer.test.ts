import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { HttpUrlIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { CacheKey, CognitoAuthorizer, type CognitoAuthorizerProps } from '../lib';

const folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
writeFileSync(join(folder, 'bootstrap'), '');

/** An app of somebody else's, with an API of each kind, all guarded by one function. */
const made = (props: Partial<CognitoAuthorizerProps> = {}): Template => {
  const stack = new Stack(new App(), 'Theirs');
  const code = Code.fromAsset(folder);
  const authorizer = new CognitoAuthorizer(stack, 'Auth', { userPoolId: 'eu-west-1_A', clientIds: 'one,two', code, ...props });
  const rest = new apigateway.RestApi(stack, 'Rest', {
    cloudWatchRole: false,
    defaultMethodOptions: { authorizer: authorizer.restAuthorizer() },
  });
  rest.root.addMethod('GET', new apigateway.MockIntegration());
  const http = new apigatewayv2.HttpApi(stack, 'Http', { defaultAuthorizer: authorizer.httpAuthorizer() });
  http.addRoutes({ path: '/', integration: new HttpUrlIntegration('Backend', 'https://example.com') });
  new apigatewayv2.WebSocketApi(stack, 'Socket', {
    connectRouteOptions: { integration: new WebSocketMockIntegration('Connect'), authorizer: authorizer.webSocketAuthorizer() },
  });
  return Template.fromStack(stack);
};
const environment = (of: Template, expected: Record<string, unknown>) =>
  of.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike(expected) } });

test('one function guards an API of each kind', () => {
  const template = made();
  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationType: 'CUSTOM' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'ANY /', AuthorizationType: 'CUSTOM' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
  // One for the authorizer of each API.
  template.resourceCountIs('AWS::Lambda::Permission', 3);
});

test('what is cached by token is for the whole API', () => {
  const template = made();
  environment(template, { POLICY_COVERS: 'api', USER_POOL_ID: 'eu-west-1_A', APP_CLIENT_ID: 'one,two' });
  environment(template, { POLICY_CACHE_CHECK: 'strict' });
  environment(made({ settings: { POLICY_CACHE_CHECK: 'warn' } }), { POLICY_CACHE_CHECK: 'warn' });
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
    Type: 'TOKEN',
    IdentitySource: 'method.request.header.Authorization',
    AuthorizerResultTtlInSeconds: 300,
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    IdentitySource: ['$request.header.Authorization'],
    EnableSimpleResponses: Match.absent(),
    AuthorizerResultTtlInSeconds: 300,
  });
});

test('what is cached by request is for one path and method', () => {
  const template = made({ cacheKey: CacheKey.REQUEST, resultsCacheTtl: Duration.minutes(1) });
  environment(template, { POLICY_COVERS: 'request' });
  template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
    Type: 'REQUEST',
    IdentitySource: 'method.request.header.Authorization,context.path,context.httpMethod',
    AuthorizerResultTtlInSeconds: 60,
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    IdentitySource: ['$request.header.Authorization', '$context.path', '$context.httpMethod'],
    AuthorizerResultTtlInSeconds: 60,
  });
});

test('a simple response is never cached by token', () => {
  const settings = { HTTP_API_RESPONSE: 'simple' };
  assert.throws(() => made({ settings }), /needs CacheKey\.REQUEST/);
  const template = made({ settings, cacheKey: CacheKey.REQUEST });
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { EnableSimpleResponses: true, AuthorizerPayloadFormatVersion: '2.0' });
});

test('settings reach the function, and cannot contradict the properties', () => {
  environment(made({ settings: { TOKEN_USE: 'id' } }), { TOKEN_USE: 'id' });
  assert.throws(() => made({ settings: { POLICY_COVERS: 'request' } }), /leave POLICY_COVERS out of settings/);
});

test('a document may lie in a layer', () => {
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:layer:document:1';
  const layers = [LayerVersion.fromLayerVersionArn(new Stack(), 'Document', arn)];
  const template = made({ layers, settings: { PERMISSIONS_FILE: '/opt/permissions.json' } });
  template.hasResourceProperties('AWS::Lambda::Function', { Layers: [arn] });
});
