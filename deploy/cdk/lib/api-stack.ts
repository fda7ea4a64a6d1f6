// What is guarded, and by whom? The API, the authorizer and the backend of template.yaml, where the reasons of the settings stand.

import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { addAlarms } from './alarms';
import { CognitoAuthorizer, type CacheKey } from './cognito-authorizer';
import { addDashboard } from './dashboard';
import { echo } from './echo';
import type { FunctionPackage } from './function-package';
import { addGatewayResponses } from './gateway-responses';
import { addPermissionsRollOut, appConfigSettings } from './permissions-rollout';
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
  /** Is there a dashboard of decisions? Default: no. */
  readonly dashboard?: boolean | undefined;
  /** Layer of AppConfig's Lambda extension; with it newer permission documents come from AppConfig. Default: none. */
  readonly appConfigLayerArn?: string | undefined;
  /** What API Gateway caches an answer by. Default: the token. */
  readonly cacheKey?: CacheKey | undefined;
  /** Environment variables of the function besides those that name pool and clients; docs/settings.md has their meaning. */
  readonly settings: Record<string, string>;
}

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { package: code, pool, allowedOrigin, alarmTopicArn, appConfigLayerArn } = props;
    const settings = { ...(appConfigLayerArn && appConfigSettings(this.stackName)), ...props.settings };
    const layers = appConfigLayerArn ? [LayerVersion.fromLayerVersionArn(this, 'AppConfigLayer', appConfigLayerArn)] : [];
    const authorizer = new CognitoAuthorizer(this, 'Authorizer', {
      ...code,
      ...(layers.length > 0 && { layers }),
      userPoolId: pool.userPoolId,
      clientIds: pool.clientIds,
      ...(props.cacheKey && { cacheKey: props.cacheKey }),
      settings,
    });
    const api = this.api(authorizer.restAuthorizer(), allowedOrigin);
    addGatewayResponses(api, allowedOrigin, settings['INVALID_TOKEN'] === 'deny');
    const alarms = alarmTopicArn
      ? addAlarms(this, { topicArn: alarmTopicArn, logGroup: authorizer.logGroup, authorizer: authorizer.function, api })
      : [];
    if (appConfigLayerArn) {
      addPermissionsRollOut(this, authorizer.function, alarms);
    }
    if (props.dashboard) {
      addDashboard(this, authorizer.logGroup, authorizer.function);
    }
    this.outputs(api, pool);
  }

  private api(authorizer: apigateway.Authorizer, allowedOrigin: string): apigateway.RestApi {
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
