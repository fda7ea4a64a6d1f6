// Who can sign in? The pool of deploy/user-pool.yaml, where the reasons of the settings stand.

import { readFileSync } from 'node:fs';
import { Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** What the API must know of the pool it trusts. */
export interface TrustedPool {
  readonly userPoolId: string;
  /** Comma separated. */
  readonly clientIds: string;
  /** Known of a created pool alone. */
  readonly created?: { readonly userClientId: string; readonly machineClientId: string; readonly loginUrl: string };
}

export interface UserPoolStackProps extends StackProps {
  readonly callbackUrls: string[];
  /** First label of the login host, unique in the region; made up if not given. */
  readonly loginDomainPrefix?: string | undefined;
  /** Whether the public client may sign in by a password alone; else by managed login only. */
  readonly passwordSignIn?: boolean | undefined;
}

const EMAIL_ALONE = new cognito.ClientAttributes().withStandardAttributes({ email: true });
const TOKEN_LIFE = { accessTokenValidity: Duration.hours(1), idTokenValidity: Duration.hours(1) };

export class UserPoolStack extends Stack {
  readonly pool: TrustedPool;

  constructor(scope: Construct, id: string, props: UserPoolStackProps) {
    super(scope, id, props);
    const pool = this.userPool();
    pool.addTrigger(cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, this.preTokenGeneration(), cognito.LambdaVersion.V2_0);
    const read = new cognito.ResourceServerScope({ scopeName: 'read', scopeDescription: 'Read orders' });
    const pii = new cognito.ResourceServerScope({ scopeName: 'pii', scopeDescription: 'Read personal data in orders' });
    const orders = pool.addResourceServer('Orders', { identifier: 'orders', scopes: [read, pii] });
    new cognito.UserPoolGroup(this, 'DataProtectionGroup', {
      userPool: pool,
      groupName: 'dpo',
      description: 'May read personal data in orders',
    });

    const { OPENID, EMAIL, resourceServer } = cognito.OAuthScope;
    const users = this.userClient(pool, props, [OPENID, EMAIL, resourceServer(orders, read), resourceServer(orders, pii)]);
    const machines = this.machineClient(pool, [resourceServer(orders, read)]);
    const prefix = props.loginDomainPrefix ?? Fn.join('-', ['login', Fn.select(2, Fn.split('/', this.stackId))]);
    this.managedLogin(pool, users, prefix);

    const [userClientId, machineClientId] = [users.userPoolClientId, machines.userPoolClientId];
    const loginUrl = `https://${prefix}.auth.${this.region}.amazoncognito.com`;
    this.pool = {
      userPoolId: pool.userPoolId,
      clientIds: `${userClientId},${machineClientId}`,
      created: { userClientId, machineClientId, loginUrl },
    };
  }

  private userPool(): cognito.UserPool {
    return new cognito.UserPool(this, 'UserPool', {
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // Until a new address is verified the old one stays, so nobody gets a token with somebody else's.
      keepOriginal: { email: true },
      selfSignUpEnabled: false,
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: { minLength: 12, tempPasswordValidity: Duration.days(7) },
      customAttributes: {
        tenant_id: new cognito.StringAttribute({ mutable: true }),
        frozen: new cognito.StringAttribute({ mutable: true }),
      },
    });
  }

  /** Puts attributes and scopes into access tokens; its code is the template's too. */
  private preTokenGeneration(): lambda.Function {
    return new lambda.Function(this, 'PreTokenGeneration', {
      code: lambda.Code.fromInline(readFileSync('../pre_token_generation.py', 'utf8')),
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
      architecture: lambda.Architecture.ARM_64,
      memorySize: 128,
      // Cognito waits for 5 s.
      timeout: Duration.seconds(5),
      environment: { GROUP_SCOPES: '' },
      // It may do nothing at all, not even write logs.
      role: new iam.Role(this, 'PreTokenGenerationRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }),
    });
  }

  private userClient(pool: cognito.UserPool, props: UserPoolStackProps, scopes: cognito.OAuthScope[]): cognito.UserPoolClient {
    const { callbackUrls, passwordSignIn = false } = props;
    const email = EMAIL_ALONE;
    const client = pool.addClient('Users', {
      generateSecret: false,
      oAuth: { flows: { authorizationCodeGrant: true }, scopes, callbackUrls, logoutUrls: callbackUrls },
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
      authFlows: { userPassword: passwordSignIn },
      readAttributes: email.withStandardAttributes({ email: true, emailVerified: true }).withCustomAttributes('tenant_id', 'frozen'),
      // Whoever may write custom:frozen or custom:tenant_id could give itself rights.
      writeAttributes: email,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      refreshTokenValidity: Duration.days(1),
      ...TOKEN_LIFE,
    });
    if (!passwordSignIn) {
      // Left out, it would let people sign in by other flows; and the construct has no way to ask for the refresh flow alone.
      (client.node.defaultChild as cognito.CfnUserPoolClient).explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
    }
    return client;
  }

  private machineClient(pool: cognito.UserPool, scopes: cognito.OAuthScope[]): cognito.UserPoolClient {
    const client = pool.addClient('Machines', {
      generateSecret: true,
      oAuth: { flows: { clientCredentials: true }, scopes },
      // Left out, it would be all of them.
      writeAttributes: EMAIL_ALONE,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      ...TOKEN_LIFE,
    });
    // Left out, it would let people sign in; and the construct has no way to ask for the refresh flow alone.
    const resource = client.node.defaultChild as cognito.CfnUserPoolClient;
    resource.explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
    resource.supportedIdentityProviders = undefined;
    return client;
  }

  private managedLogin(pool: cognito.UserPool, client: cognito.UserPoolClient, domainPrefix: string): void {
    pool.addDomain('Login', {
      cognitoDomain: { domainPrefix },
      managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Managed login shows no page for a client without a style.
    new cognito.CfnManagedLoginBranding(this, 'LoginStyle', {
      userPoolId: pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
  }
}
