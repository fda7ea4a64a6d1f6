// What is deployed? Context values answer, given as `-c name=value` or in cdk.json.

import type { App } from 'aws-cdk-lib';
import { ApiStack } from './api-stack';
import { CacheKey } from './cognito-authorizer';
import { functionPackage } from './function-package';
import { UserPoolStack, type TrustedPool } from './user-pool-stack';

export function addStacks(app: App): void {
  const context = (name: string): string | undefined => app.node.tryGetContext(name);
  new ApiStack(app, 'CognitoAuthorizerApi', {
    description: 'A REST API whose every method is guarded by cognito-authorizer.',
    package: functionPackage(context('architecture'), context('code')),
    pool: existingPool(context('userPoolId'), context('clientIds')) ?? createdPool(app),
    allowedOrigin: context('allowedOrigin') ?? '*',
    alarmTopicArn: context('alarmTopicArn'),
    dashboard: context('dashboard') === 'true',
    appConfigLayerArn: context('appConfigLayerArn'),
    cacheKey: cacheKey(context('cacheKey')),
    settings: app.node.tryGetContext('settings') ?? {},
  });
}

function cacheKey(name?: string): CacheKey | undefined {
  const known = Object.values(CacheKey).find((key) => key === name);
  if (name && !known) {
    throw new Error(`cacheKey is ${Object.values(CacheKey).join(' or ')}, not ${name}`);
  }
  return known;
}

function existingPool(userPoolId?: string, clientIds?: string): TrustedPool | undefined {
  if (!userPoolId !== !clientIds) {
    throw new Error('give both userPoolId and clientIds, or neither to have a pool created');
  }
  return userPoolId && clientIds ? { userPoolId, clientIds } : undefined;
}

function createdPool(app: App): TrustedPool {
  const context = (name: string): string | undefined => app.node.tryGetContext(name);
  return new UserPoolStack(app, 'CognitoAuthorizerUserPool', {
    description: 'A Cognito user pool for permissions.json.',
    callbackUrls: (context('callbackUrls') ?? 'http://localhost:8080/').split(','),
    loginDomainPrefix: context('loginDomainPrefix'),
    passwordSignIn: context('passwordSignIn') === 'true',
  }).pool;
}
