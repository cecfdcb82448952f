import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { WebhookConfig } from '../config/webhook-schema';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { WEBHOOK_PATHS, type WebhookLocation, webhookParameter } from './contract';
import { ReceiveFunction } from './receive-function';

export interface WebhookProps {
  readonly application: string;
  readonly table: RetrainingTableRef;
  readonly webhook: Omit<WebhookConfig, 'enabled' | 'callerRoles'>;
  /** Who may call it signed with IAM. @default - nobody, until `grantInvoke` */
  readonly callers?: readonly IGrantable[];
}

/** Letters and digits alone: 44 of them are also base64, of 33 bytes. */
const SECRET_LENGTH = 44;

/** Who asked and what came of it; API Gateway logs neither headers nor bodies by itself. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  ms: '$context.responseLatency',
  caller: '$context.identity.userArn',
};

/**
 * HTTPS endpoint for monitors outside AWS. `POST /webhook` is for senders that sign with the shared secret, as Standard
 * Webhooks has it; `POST /webhook/iam` for callers that sign with IAM.
 */
export class Webhook extends Construct {
  private readonly iamRoute: HttpRoute;

  constructor(scope: Construct, id: string, props: WebhookProps) {
    super(scope, id);
    const { application, table, webhook } = props;
    const secret = new Secret(this, 'Secret', {
      description: `Signs deliveries to the webhook of ${application}; rotate it with "assay webhook rotate"`,
      generateSecretString: { passwordLength: SECRET_LENGTH, excludePunctuation: true },
    });
    const { handler } = new ReceiveFunction(this, 'Receive', { application, table, secret, webhook });
    const api = new HttpApi(this, 'Api', {
      description: `Webhook of ${application}: asks for runs`,
      createDefaultStage: false,
    });
    const integration = new HttpLambdaIntegration('Integration', handler);
    const route = (path: string) => ({
      httpApi: api,
      integration,
      routeKey: HttpRouteKey.with(path, HttpMethod.POST),
    });
    new HttpRoute(this, 'Signed', route(WEBHOOK_PATHS.signed));
    this.iamRoute = new HttpRoute(this, 'Iam', { ...route(WEBHOOK_PATHS.iam), authorizer: new HttpIamAuthorizer() });
    this.addStage(api, webhook);
    for (const caller of props.callers ?? []) this.grantInvoke(caller);
    const location: WebhookLocation = {
      url: `${api.apiEndpoint}${WEBHOOK_PATHS.signed}`,
      iamUrl: `${api.apiEndpoint}${WEBHOOK_PATHS.iam}`,
      secretArn: secret.secretArn,
      previousSecretHours: webhook.previousSecretHours,
    };
    new StringParameter(this, 'Location', {
      parameterName: webhookParameter(application),
      description: `Where the webhook of ${application} is, and its secret`,
      stringValue: Stack.of(this).toJsonString(location),
    });
  }

  /** Lets a principal of this account call the webhook signed with IAM. */
  grantInvoke(grantee: IGrantable): Grant {
    return this.iamRoute.grantInvoke(grantee);
  }

  private addStage(httpApi: HttpApi, { ratePerSecond, burst }: WebhookProps['webhook']): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: ratePerSecond, burstLimit: burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}
