import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** What functions need of a table. */
export type TableRef = Pick<ITable, 'tableName' | 'tableArn'>;

export interface RetainedTableProps {
  /** Names of the keys, which are texts. */
  readonly partition: string;
  /** @default - the partition key alone tells items apart */
  readonly sort?: string;
  /** Attribute that says when an item may go, in seconds since 1970. @default - items stay */
  readonly expiry?: string;
}

/** A table as every one of this app is: paid by request, recoverable to any second, and kept when the stack goes. */
export function retainedTable(scope: Construct, id: string, { partition, sort, expiry }: RetainedTableProps): TableRef {
  return new Table(scope, id, {
    partitionKey: { name: partition, type: AttributeType.STRING },
    ...(sort === undefined ? {} : { sortKey: { name: sort, type: AttributeType.STRING } }),
    ...(expiry === undefined ? {} : { timeToLiveAttribute: expiry }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
