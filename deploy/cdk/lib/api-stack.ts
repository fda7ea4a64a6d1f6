// What is guarded, and by whom? The API, the authorizer and the backend of template.yaml, where the reasons of the settings stand.

import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { addAlarms } from './alarms';
import { echo } from './echo';
import type { FunctionPackage } from './function-package';
import { addGatewayResponses } from './gateway-responses';
import type { TrustedPool } from './user-pool-stack';

/** The routes of permissions.json. */
const ROUTES: Record<string, string> = {
  '/orders': 'GET',
  '/orders/{id}': 'GET',
  '/orders/{id}/audit': 'GET',
  '/orders/{id}/pii': 'GET',
  '/me': 'GET',
  '/users/{id}/{rest+}': 'ANY',
};

export interface ApiStackProps extends StackProps {
  readonly package: FunctionPackage;
  readonly pool: TrustedPool;
  /** Origin that browsers may call the API from, or * for any. */
  readonly allowedOrigin: string;
  /** SNS topic of the alarms; there are none without it. */
  readonly alarmTopicArn?: string | undefined;
  /** Environment variables of the function, from the README's table, besides those that name pool and clients. */
  readonly settings: Record<string, string>;
}

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const logGroup = new logs.LogGroup(this, 'AuthorizerLogGroup', {
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const authorizer = this.authorizerFunction(props, logGroup);
    const api = this.api(authorizer, props.allowedOrigin);
    addGatewayResponses(api, props.allowedOrigin, props.settings['INVALID_TOKEN'] === 'deny');
    if (props.alarmTopicArn) {
      addAlarms(this, { topicArn: props.alarmTopicArn, logGroup, authorizer, api });
    }
    this.outputs(api, props.pool);
  }

  private authorizerFunction(props: ApiStackProps, logGroup: logs.LogGroup): lambda.Function {
    return new lambda.Function(this, 'AuthorizerFunction', {
      ...props.package,
      handler: 'bootstrap',
      runtime: lambda.Runtime.PROVIDED_AL2023,
      memorySize: 128,
      timeout: Duration.seconds(7),
      role: this.authorizerRole(logGroup),
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.INFO,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      environment: { ...props.settings, USER_POOL_ID: props.pool.userPoolId, APP_CLIENT_ID: props.pool.clientIds },
    });
  }

  // Not the managed basic execution role: that one may create log groups and write to all of them.
  private authorizerRole(logGroup: logs.LogGroup): iam.Role {
    const writeLogs = new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    return new iam.Role(this, 'AuthorizerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { 'write-own-logs': new iam.PolicyDocument({ statements: [writeLogs] }) },
    });
  }

  private api(handler: lambda.Function, allowedOrigin: string): apigateway.RestApi {
    const authorizer = new apigateway.TokenAuthorizer(this, 'CognitoAuthorizer', {
      handler,
      resultsCacheTtl: Duration.minutes(5),
    });
    const api = new apigateway.RestApi(this, 'Api', {
      restApiName: this.stackName,
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: 'v1' },
      defaultMethodOptions: { authorizer, authorizationType: apigateway.AuthorizationType.CUSTOM },
      defaultCorsPreflightOptions: {
        allowOrigins: [allowedOrigin],
        allowHeaders: ['Authorization', 'Content-Type'],
        maxAge: Duration.minutes(10),
      },
    });
    for (const [path, verb] of Object.entries(ROUTES)) {
      const { integration, options } = echo(allowedOrigin);
      api.root.resourceForPath(path).addMethod(verb, integration, options);
    }
    return api;
  }

  private outputs(api: apigateway.RestApi, pool: TrustedPool): void {
    const output = (name: string, value: string) => new CfnOutput(this, name, { value }).overrideLogicalId(name);
    output('Region', this.region);
    output('UserPoolId', pool.userPoolId);
    if (pool.created) {
      output('UserClientId', pool.created.userClientId);
      output('MachineClientId', pool.created.machineClientId);
      output('LoginUrl', pool.created.loginUrl);
    }
    // api.url, and the output that the construct makes of it, end in a slash.
    output('ApiUrl', `https://${api.restApiId}.execute-api.${this.region}.${this.urlSuffix}/${api.deploymentStage.stageName}`);
    api.node.tryRemoveChild('Endpoint');
  }
}
