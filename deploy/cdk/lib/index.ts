// What an app of one's own takes from here.

export { CacheKey, CognitoAuthorizer, type CognitoAuthorizerProps } from './cognito-authorizer';
