import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { RETRAINING_KEYS } from './contract';

/** What functions need of the table. */
export type RetrainingTableRef = Pick<ITable, 'tableName' | 'tableArn'>;

/** Which runs were started, by what, and what waits; state of the monitors; delivered webhooks and notices. */
export class RetrainingTable extends Construct {
  readonly table: RetrainingTableRef;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: RETRAINING_KEYS.partition, type: AttributeType.STRING },
      timeToLiveAttribute: RETRAINING_KEYS.expiry,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
