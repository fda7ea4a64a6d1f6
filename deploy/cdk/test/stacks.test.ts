import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { App, type Stack } from 'aws-cdk-lib';
import { Capture, Match, Template } from 'aws-cdk-lib/assertions';
import { QUERIES } from '../lib/dashboard';
import { addStacks } from '../lib/stacks';

type Json = any;

interface Permission {
  scopes?: string[];
  groups?: string[];
  claims?: Record<string, unknown>;
  allow?: string[];
}

const code = mkdtempSync(join(tmpdir(), 'bootstrap-'));
writeFileSync(join(code, 'bootstrap'), '');

const stacks = (context: Record<string, unknown> = {}): Stack[] => {
  const app = new App({ context: { code, ...context } });
  addStacks(app);
  return app.node.children as Stack[];
};
const template = (name: string, context?: Record<string, unknown>): Template => {
  const stack = stacks(context).find((stack) => stack.stackName === name);
  assert.ok(stack, name);
  return Template.fromStack(stack);
};
const resources = (of: Template, type: string): Json[] => Object.values(of.findResources(type)).map((found: Json) => found.Properties);

// From build/test, where this file is run.
const document = JSON.parse(readFileSync(join(__dirname, '../../../../permissions.json'), 'utf8'));
const permissions: Permission[] = document.permissions;

const api = template('CognitoAuthorizerApi');
const pool = template('CognitoAuthorizerUserPool');

test('every method but OPTIONS asks the authorizer', () => {
  const authorizer = Object.keys(api.findResources('AWS::ApiGateway::Authorizer'))[0];
  for (const method of resources(api, 'AWS::ApiGateway::Method').filter((method) => method.HttpMethod !== 'OPTIONS')) {
    assert.equal(method.AuthorizationType, 'CUSTOM', method.HttpMethod);
    assert.deepEqual(method.AuthorizerId, { Ref: authorizer });
  }
});

test('a preflight needs no token and names origin, headers and verbs', () => {
  const preflights = resources(api, 'AWS::ApiGateway::Method').filter((method) => method.HttpMethod === 'OPTIONS');
  assert.ok(preflights.length > 0);
  for (const { AuthorizationType, Integration } of preflights) {
    assert.equal(AuthorizationType, 'NONE');
    const headers = Integration.IntegrationResponses[0].ResponseParameters;
    assert.equal(headers['method.response.header.Access-Control-Allow-Origin'], "'*'");
    assert.equal(headers['method.response.header.Access-Control-Allow-Headers'], "'Authorization,Content-Type'");
    assert.match(headers['method.response.header.Access-Control-Allow-Methods'], /GET/);
  }
});

test('the routes are those of the permission document', () => {
  const byId = api.findResources('AWS::ApiGateway::Resource');
  const path = (id: Json): string => {
    const parent = byId[id.Ref] as Json;
    return parent ? `${path(parent.Properties.ParentId)}/${parent.Properties.PathPart}` : '';
  };
  const anonymous = (route: string): string => route.replace(/\$?\{[^}+]+(\+?)\}/g, '{$1}');
  const made = resources(api, 'AWS::ApiGateway::Method')
    .filter((method) => method.HttpMethod !== 'OPTIONS')
    .map((method) => anonymous(`${method.HttpMethod} ${path(method.ResourceId)}`));
  const named = [...permissions.flatMap((permission) => permission.allow ?? []), ...document.routes]
    .filter((route) => route !== '$connect')
    .map(anonymous);
  assert.deepEqual(new Set(made), new Set(named));
});

test('a page can read every refusal, and an answer', () => {
  for (const context of [{}, { allowedOrigin: 'https://app.example.com' }]) {
    const made = template('CognitoAuthorizerApi', context);
    const origin = `'${context.allowedOrigin ?? '*'}'`;
    for (const ResponseType of ['DEFAULT_4XX', 'DEFAULT_5XX', 'UNAUTHORIZED', 'ACCESS_DENIED']) {
      made.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType,
        ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': origin },
      });
    }
    for (const { Integration } of resources(made, 'AWS::ApiGateway::Method')) {
      const headers = Integration.IntegrationResponses[0].ResponseParameters;
      assert.equal(headers['method.response.header.Access-Control-Allow-Origin'], origin);
    }
  }
});

test('a 403 names the reason only where a refused token may be its cause', () => {
  const body = new Capture();
  const denied = { ResponseType: 'ACCESS_DENIED', ResponseTemplates: { 'application/json': body } };
  api.hasResourceProperties('AWS::ApiGateway::GatewayResponse', denied);
  assert.doesNotMatch(body.asString(), /reason/);
  template('CognitoAuthorizerApi', { settings: { INVALID_TOKEN: 'deny' } }).hasResourceProperties(
    'AWS::ApiGateway::GatewayResponse',
    { ...denied, ResponseTemplates: { 'application/json': Match.stringLikeRegexp('authorizer.reason') } },
  );
});

test('nobody but this authorizer may call the function', () => {
  const [permission, ...others] = resources(api, 'AWS::Lambda::Permission');
  assert.deepEqual(others, []);
  assert.equal(permission.Principal, 'apigateway.amazonaws.com');
  const arn = permission.SourceArn['Fn::Join'][1];
  assert.deepEqual(arn.slice(-2), ['/authorizers/', { Ref: Object.keys(api.findResources('AWS::ApiGateway::Authorizer'))[0] }]);
});

test('the function may write its own logs and nothing else', () => {
  const [role, ...others] = resources(api, 'AWS::IAM::Role');
  assert.deepEqual(others, []);
  assert.equal(role.ManagedPolicyArns, undefined);
  const group = Object.keys(api.findResources('AWS::Logs::LogGroup'))[0];
  assert.deepEqual(
    role.Policies.flatMap(({ PolicyDocument }: Json) => PolicyDocument.Statement),
    [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: { 'Fn::GetAtt': [group, 'Arn'] } }],
  );
  api.resourceCountIs('AWS::IAM::Policy', 0);
  api.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
});

test('the pool has the scopes and groups of the permission document', () => {
  const [server] = resources(pool, 'AWS::Cognito::UserPoolResourceServer');
  const scopes = server.Scopes.map(({ ScopeName }: Json) => `${server.Identifier}/${ScopeName}`);
  assert.deepEqual(new Set(scopes), new Set(permissions.flatMap((permission) => permission.scopes ?? [])));
  const groups = resources(pool, 'AWS::Cognito::UserPoolGroup').map(({ GroupName }) => GroupName);
  assert.deepEqual(groups, permissions.flatMap((permission) => permission.groups ?? []));
});

test('people sign in through a public client, and machines cannot', () => {
  const client = (flow: string) => resources(pool, 'AWS::Cognito::UserPoolClient').find((client) => client.AllowedOAuthFlows.includes(flow));
  const [people, machines] = [client('code'), client('client_credentials')];
  assert.deepEqual([people.AllowedOAuthFlows, people.GenerateSecret], [['code'], false]);
  assert.deepEqual(people.ExplicitAuthFlows, ['ALLOW_REFRESH_TOKEN_AUTH']);
  assert.deepEqual([machines.AllowedOAuthFlows, machines.GenerateSecret], [['client_credentials'], true]);
  assert.deepEqual(machines.ExplicitAuthFlows, ['ALLOW_REFRESH_TOKEN_AUTH']);
  assert.equal(resources(pool, 'AWS::Cognito::UserPool')[0].AdminCreateUserConfig.AllowAdminCreateUserOnly, true);
});

test('nobody can write the attributes that decide', () => {
  const deciding = [...permissions.flatMap((permission) => Object.keys(permission.claims ?? {})), ...Object.values(document.context)];
  for (const client of resources(pool, 'AWS::Cognito::UserPoolClient')) {
    assert.deepEqual(client.WriteAttributes.filter((attribute: string) => deciding.includes(attribute)), []);
  }
});

test('a password signs in to the public client only where it is asked for', () => {
  template('CognitoAuthorizerUserPool', { passwordSignIn: 'true' }).hasResourceProperties('AWS::Cognito::UserPoolClient', {
    AllowedOAuthFlows: ['code'],
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
});

test('an address is verified before it counts', () => {
  const updates = { AttributesRequireVerificationBeforeUpdate: ['email'] };
  pool.hasResourceProperties('AWS::Cognito::UserPool', { UserAttributeUpdateSettings: updates });
});

test('access tokens get what the permission document decides by', () => {
  pool.hasResourceProperties('AWS::Cognito::UserPool', { LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0' } } });
  pool.hasResourceProperties('AWS::Lambda::Function', { Code: { ZipFile: Match.stringLikeRegexp('"custom:tenant_id", "custom:frozen"') } });
  pool.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'cognito-idp.amazonaws.com' });
});

test('every value to copy is an output of the API stack', () => {
  assert.deepEqual(Object.keys(api.toJSON()['Outputs']), ['Region', 'UserPoolId', 'UserClientId', 'MachineClientId', 'LoginUrl', 'ApiUrl']);
});

test('an existing pool is taken as it is', () => {
  const context = { userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: 'one,two' };
  assert.deepEqual(stacks(context).map((stack) => stack.stackName), ['CognitoAuthorizerApi']);
  template('CognitoAuthorizerApi', context).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { USER_POOL_ID: 'eu-west-1_AbCdEfGhI', APP_CLIENT_ID: 'one,two' } },
  });
  assert.throws(() => stacks({ userPoolId: 'eu-west-1_AbCdEfGhI' }), /give both userPoolId and clientIds/);
});

test('the dashboard asks what that of template.yaml asks, and is made where it is wanted', () => {
  api.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  template('CognitoAuthorizerApi', { dashboard: 'true' }).resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  const written = readFileSync(join(__dirname, '../../../../template.yaml'), 'utf8');
  const asked = [...written.matchAll(/"query":"SOURCE '[^']*' \| ((?:[^"\\]|\\.)*)"/g)].map(([, query]) => JSON.parse(`"${query}"`));
  assert.deepEqual(QUERIES.map(([, , query]) => query), asked);
});

test('newer documents come from AppConfig where its layer is given, and the alarms roll them back', () => {
  api.resourceCountIs('AWS::AppConfig::Application', 0);
  const layer = 'arn:aws:lambda:eu-west-1:434848589818:layer:AWS-AppConfig-Extension-Arm64:100';
  const context = { appConfigLayerArn: layer, alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:oncall' };
  const made = template('CognitoAuthorizerApi', context);
  const [application, environment, profile] = ['Application', 'Environment', 'ConfigurationProfile'].map(
    (kind) => resources(made, `AWS::AppConfig::${kind}`)[0].Name,
  );
  const [authorizer] = resources(made, 'AWS::Lambda::Function').filter(({ Handler }) => Handler === 'bootstrap');
  assert.deepEqual(authorizer.Layers, [layer]);
  assert.equal(authorizer.Environment.Variables.PERMISSIONS_SOURCE, `appconfig:${application}/${environment}/${profile}`);
  assert.equal(resources(made, 'AWS::AppConfig::Environment')[0].Monitors.length, 2);
  assert.equal(resources(made, 'AWS::AppConfig::ConfigurationProfile')[0].Validators[0].Type, 'LAMBDA');
});

test('alarms are made for a topic alone', () => {
  api.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  template('CognitoAuthorizerApi', { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:oncall' }).resourceCountIs('AWS::CloudWatch::Alarm', 6);
});

test('a missing package and an unknown architecture are told', () => {
  assert.throws(() => stacks({ code: 'nowhere.zip' }), /no function at .*nowhere\.zip: run `make build`/);
  assert.throws(() => stacks({ architecture: 'x86' }), /architecture is arm64 or x86_64, not x86/);
});
