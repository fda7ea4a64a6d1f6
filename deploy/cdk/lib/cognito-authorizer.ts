// The authorizer for an app of one's own: the function, and the authorizers of REST, HTTP and WebSocket APIs that call it.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What API Gateway caches an answer by. */
export enum CacheKey {
  /** The token. The answer is a policy that is right for all methods that the token may call. */
  TOKEN = 'token',
  /** Token, path and method. The function is called for each of them. */
  REQUEST = 'request',
}

export interface CognitoAuthorizerProps {
  /** Comma separated. */
  readonly userPoolId: string;
  /** App clients whose tokens are accepted, comma separated. */
  readonly clientIds: string;
  /** A released zip that package.py has put the permission document into; or the released one, with the document in a layer. */
  readonly code: lambda.Code;
  /** The processor that the code is for. Default: arm64. */
  readonly architecture?: lambda.Architecture;
  /** A layer that package.py has made; `settings` then has PERMISSIONS_FILE. Default: none. */
  readonly layers?: lambda.ILayerVersion[];
  /** Default: CacheKey.TOKEN. */
  readonly cacheKey?: CacheKey;
  /** How long API Gateway uses an answer again; an Allow outlives `exp` by up to this long. 0 to 1 hour. Default: 5 minutes. */
  readonly resultsCacheTtl?: Duration;
  /** Environment variables of the function besides those of this list; docs/settings.md has their meaning. Default: none. */
  readonly settings?: Record<string, string>;
  /** Default: one month. */
  readonly logRetention?: logs.RetentionDays;
}

/** What the construct's own properties say, so that two places cannot contradict each other. */
const OWN_SETTINGS = ['USER_POOL_ID', 'APP_CLIENT_ID', 'POLICY_COVERS'];
const HEADER = 'Authorization';

export class CognitoAuthorizer extends Construct {
  readonly function: lambda.Function;
  readonly logGroup: logs.LogGroup;
  private readonly cacheKey: CacheKey;
  private readonly resultsCacheTtl: Duration;
  private readonly simple: boolean;

  constructor(scope: Construct, id: string, props: CognitoAuthorizerProps) {
    super(scope, id);
    const settings = props.settings ?? {};
    const twice = OWN_SETTINGS.filter((name) => name in settings);
    if (twice.length > 0) {
      throw new Error(`leave ${twice.join(', ')} out of settings: userPoolId, clientIds and cacheKey say it`);
    }
    this.cacheKey = props.cacheKey ?? CacheKey.TOKEN;
    this.resultsCacheTtl = props.resultsCacheTtl ?? Duration.minutes(5);
    this.simple = settings['HTTP_API_RESPONSE'] === 'simple';
    if (this.simple && this.cacheKey !== CacheKey.REQUEST) {
      throw new Error('HTTP_API_RESPONSE=simple needs CacheKey.REQUEST: a boolean that is cached by token would be for every route');
    }
    this.logGroup = new logs.LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = this.authorizerFunction(props, settings);
  }

  /** For methods of REST APIs. One authorizer belongs to one API; `id` tells them apart. */
  restAuthorizer(id = 'RestAuthorizer'): apigateway.Authorizer {
    const common = { handler: this.function, resultsCacheTtl: this.resultsCacheTtl };
    if (this.cacheKey === CacheKey.TOKEN) {
      return new apigateway.TokenAuthorizer(this, id, common);
    }
    const { header, context } = apigateway.IdentitySource;
    return new apigateway.RequestAuthorizer(this, id, {
      ...common,
      identitySources: [header(HEADER), context('path'), context('httpMethod')],
    });
  }

  /** For routes of HTTP APIs. */
  httpAuthorizer(id = 'HttpAuthorizer'): apigatewayv2.IHttpRouteAuthorizer {
    const token = `$request.header.${HEADER}`;
    return new authorizers.HttpLambdaAuthorizer(id, this.function, {
      identitySource: this.cacheKey === CacheKey.TOKEN ? [token] : [token, '$context.path', '$context.httpMethod'],
      resultsCacheTtl: this.resultsCacheTtl,
      responseTypes: [this.simple ? authorizers.HttpLambdaResponseType.SIMPLE : authorizers.HttpLambdaResponseType.IAM],
    });
  }

  /** For $connect of WebSocket APIs, which cache no answer. */
  webSocketAuthorizer(id = 'WebSocketAuthorizer'): apigatewayv2.IWebSocketRouteAuthorizer {
    return new authorizers.WebSocketLambdaAuthorizer(id, this.function, { identitySource: [`route.request.header.${HEADER}`] });
  }

  private authorizerFunction(props: CognitoAuthorizerProps, settings: Record<string, string>): lambda.Function {
    return new lambda.Function(this, 'Function', {
      code: props.code,
      architecture: props.architecture ?? lambda.Architecture.ARM_64,
      ...(props.layers && { layers: props.layers }),
      handler: 'bootstrap',
      runtime: lambda.Runtime.PROVIDED_AL2023,
      memorySize: 128,
      // More than the two key fetches that a call may wait for, each of which gives up after 2.5 s.
      timeout: Duration.seconds(7),
      role: this.role(),
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      environment: {
        // A document that is not proved safe to cache by token does not start; `settings` may say otherwise.
        POLICY_CACHE_CHECK: 'strict',
        ...settings,
        USER_POOL_ID: props.userPoolId,
        APP_CLIENT_ID: props.clientIds,
        // One is right only with the other: what is cached by token must be for every method.
        POLICY_COVERS: this.cacheKey === CacheKey.TOKEN ? 'api' : 'request',
      },
    });
  }

  // Not the managed basic execution role: that one may create log groups and write to all of them.
  private role(): iam.Role {
    const writeLogs = new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    return new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { 'write-own-logs': new iam.PolicyDocument({ statements: [writeLogs] }) },
    });
  }
}
