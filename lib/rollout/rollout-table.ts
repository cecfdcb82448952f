import { Construct } from 'constructs';
import { retainedTable, type TableRef } from '../shared/retained-table';
import { TABLE_KEYS } from './records';

/** What functions need of the table. */
export type RolloutTableRef = TableRef;

/** Locks and history of an application's endpoints. It outlives every deployment: rollbacks depend on it. */
export class RolloutTable extends Construct {
  readonly table: RolloutTableRef;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = retainedTable(this, 'Table', TABLE_KEYS);
  }
}
