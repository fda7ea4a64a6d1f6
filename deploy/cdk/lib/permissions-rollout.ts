// How do newer permission documents reach the function? By AWS AppConfig, as in template.yaml.

import { ArnFormat, type Stack } from 'aws-cdk-lib';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';

const ENVIRONMENT = 'live';
const PROFILE = 'permissions';

/** The function's settings. By names, since the profile names the function as its validator. */
export function appConfigSettings(application: string): Record<string, string> {
  return {
    PERMISSIONS_SOURCE: `appconfig:${application}/${ENVIRONMENT}/${PROFILE}`,
    AWS_APPCONFIG_EXTENSION_PREFETCH_LIST: `/applications/${application}/environments/${ENVIRONMENT}/configurations/${PROFILE}`,
  };
}

/** Application, environment, profile with the validator, and strategy. The alarms roll a document back. */
export function addPermissionsRollOut(stack: Stack, authorizer: Function, alarmArns: readonly string[]): void {
  const application = new appconfig.CfnApplication(stack, 'PermissionsApplication', { name: stack.stackName });
  const monitors = alarmArns.length > 0 ? watched(stack, alarmArns) : undefined;
  const environment = new appconfig.CfnEnvironment(stack, 'PermissionsEnvironment', {
    applicationId: application.ref,
    name: ENVIRONMENT,
    ...(monitors && { monitors }),
  });
  authorizer.addPermission('Validator', {
    principal: new iam.ServicePrincipal('appconfig.amazonaws.com'),
    sourceArn: stack.formatArn({ service: 'appconfig', resource: 'application', resourceName: `${application.ref}/*` }),
  });
  const profile = new appconfig.CfnConfigurationProfile(stack, 'PermissionsProfile', {
    applicationId: application.ref,
    name: PROFILE,
    locationUri: 'hosted',
    validators: [{ type: 'LAMBDA', content: authorizer.functionArn }],
  });
  // A quarter of the execution environments at a time, and a look at the alarms afterwards.
  new appconfig.CfnDeploymentStrategy(stack, 'PermissionsRollOut', {
    name: `${stack.stackName}-permissions`,
    deploymentDurationInMinutes: 10,
    growthType: 'LINEAR',
    growthFactor: 25,
    finalBakeTimeInMinutes: 10,
    replicateTo: 'NONE',
  });
  // Not in the role itself: the profile names the function, and the function its role.
  const resourceName = `${application.ref}/environment/${environment.ref}/configuration/${profile.ref}`;
  new iam.Policy(stack, 'ReadPermissionDocument', {
    statements: [
      new iam.PolicyStatement({
        actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
        resources: [stack.formatArn({ service: 'appconfig', resource: 'application', resourceName })],
      }),
    ],
    roles: [authorizer.role!],
  });
}

/** AppConfig looks at the alarms with a role of its own while a document is rolled out. */
function watched(stack: Stack, alarmArns: readonly string[]): appconfig.CfnEnvironment.MonitorsProperty[] {
  const role = new iam.Role(stack, 'RollBackRole', {
    assumedBy: new iam.ServicePrincipal('appconfig.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    inlinePolicies: {
      'look-at-alarms': new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: ['cloudwatch:DescribeAlarms'],
            resources: [stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME })],
          }),
        ],
      }),
    },
  });
  return alarmArns.map((alarmArn) => ({ alarmArn, alarmRoleArn: role.roleArn }));
}
