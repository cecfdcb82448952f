import { Construct } from 'constructs';
import { retainedTable, type TableRef } from '../shared/retained-table';
import { RETRAINING_KEYS } from './contract';

/** What functions need of the table. */
export type RetrainingTableRef = TableRef;

/** Which runs were started, by what, and what waits; state of the monitors; delivered webhooks and notices. */
export class RetrainingTable extends Construct {
  readonly table: RetrainingTableRef;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = retainedTable(this, 'Table', RETRAINING_KEYS);
  }
}
