import type {
  AlarmEvent,
  DecidedEvent,
  ExecutionEvent,
  FindingEvent,
  NoticedEvent,
  PipelineEvent,
} from '../../lib/observability/contract';
import { RUN } from '../lambda/documents';

export const AT = '2026-11-20T10:00:00Z';
const BUS = { id: 'e1', region: 'us-east-1', time: AT } as const;

/** As EventBridge delivers it, members that notices do not read left out. */
export const stageFailed = (stage: string): PipelineEvent => ({
  ...BUS,
  'detail-type': 'CodePipeline Stage Execution State Change',
  detail: { pipeline: 'churn-release', 'execution-id': RUN, stage, state: 'FAILED' },
});

export const finished: PipelineEvent = {
  ...BUS,
  'detail-type': 'CodePipeline Pipeline Execution State Change',
  detail: { pipeline: 'churn-release', 'execution-id': RUN, state: 'SUCCEEDED' },
};

export const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:Rollback:r1';

export const rollbackEnded = (detail: Partial<ExecutionEvent['detail']>): ExecutionEvent => ({
  ...BUS,
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: EXECUTION, name: 'r1', status: 'FAILED', ...detail },
});

export const TRIGGER = {
  kind: 'drift',
  reason: 'PSI of age is 0.41 (null 95 %: 0.03)',
  at: AT,
  key: 'drift/churn-production/2026-11-20T10:00',
  report: 's3://monitoring/drift/churn-production/1.html',
} as const;

export const found = (type: FindingEvent['detail-type']): FindingEvent => ({
  ...BUS,
  'detail-type': type,
  detail: { application: 'churn', ...TRIGGER },
});

export const decided = (detail: Partial<DecidedEvent['detail']>): DecidedEvent => ({
  ...BUS,
  'detail-type': 'Assay Retraining Decided',
  detail: { application: 'churn', id: 'd1', decision: 'started', trigger: TRIGGER, reason: TRIGGER.reason, ...detail },
});

export const alarmed = (configuration?: AlarmEvent['detail']['configuration']): AlarmEvent => ({
  ...BUS,
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: 'Churn-Retraining-Undelivered',
    state: { value: 'ALARM', reason: 'Threshold Crossed: 1.0 > 0.0', timestamp: AT },
    ...(configuration === undefined ? {} : { configuration }),
  },
});

/** One of every event that needs no history of a pipeline. */
export const SIMPLE_EVENTS: readonly NoticedEvent[] = [
  rollbackEnded({
    status: 'SUCCEEDED',
    output: JSON.stringify({ from: '7', to: '6', verdict: 'pass', reason: 'rolled back from 7 to 6 in 31 s' }),
  }),
  rollbackEnded({ error: 'Refused', cause: 'there is nothing to roll back to' }),
  rollbackEnded({ error: 'RollbackFailed', cause: 'ROLLBACK FAILED: x' }),
  found('Assay Drift Detected'),
  alarmed({ description: 'Requests could not be taken. docs/runbook.md#triggers-undelivered' }),
  found('Assay Degradation Detected'),
  decided({}),
  decided({ decision: 'waits', reason: 'a cool-down follows', until: '2026-11-20T16:00:00.000Z' }),
  decided({ decision: 'refused', reason: 'the daily limit held it back for 7 days' }),
];
