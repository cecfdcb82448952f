import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ASSAY_EVENTS } from '../retraining/contract';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import { AssayFunction } from '../shared/assay-function';
import { DELIVERY_PREFIX, WEBHOOK_ENV } from './contract';

export interface ReceiveFunctionProps {
  readonly application: string;
  readonly table: RetrainingTableRef;
  readonly secret: Pick<ISecret, 'secretArn'>;
  readonly webhook: { readonly maxBodyBytes: number; readonly previousSecretHours: number };
}

/**
 * Takes deliveries. It reserves no concurrency: the stage's throttle bounds it, and a reservation is taken from what all
 * functions of the account share, of which a new account has ten.
 */
export class ReceiveFunction extends Construct {
  readonly handler: AssayFunction;

  constructor(scope: Construct, id: string, props: ReceiveFunctionProps) {
    super(scope, id);
    const { application, table, secret, webhook } = props;
    this.handler = new AssayFunction(this, 'Handler', {
      entry: 'lambda/webhook/handler.ts',
      description: `Takes deliveries to the webhook of ${application}`,
      environment: {
        [WEBHOOK_ENV.application]: application,
        [WEBHOOK_ENV.table]: table.tableName,
        [WEBHOOK_ENV.secretArn]: secret.secretArn,
        [WEBHOOK_ENV.maxBodyBytes]: String(webhook.maxBodyBytes),
        [WEBHOOK_ENV.previousSecretHours]: String(webhook.previousSecretHours),
      },
      // Shorter than API Gateway waits, 30 s.
      timeout: Duration.seconds(25),
    });
    const stack = Stack.of(this);
    const allow = (action: string[], resource: string, conditions: Record<string, unknown> = {}) =>
      this.handler.addToRolePolicy(new PolicyStatement({ actions: action, resources: [resource], conditions }));
    // Both versions of a rotation. The key is the account's own of Secrets Manager, which needs no grant.
    allow(['secretsmanager:GetSecretValue'], secret.secretArn);
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], table.tableArn, {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${DELIVERY_PREFIX}*`] },
    });
    allow(
      ['events:PutEvents'],
      stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
      {
        StringEquals: { 'events:source': ASSAY_EVENTS.source, 'events:detail-type': ASSAY_EVENTS.requested },
      },
    );
  }
}
