import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import { MONITORING_FOLDERS } from './contract';
import { DRIFT_METRICS, driftItem } from './drift-contract';
import { type MonitorProps, ScheduledMonitor } from './scheduled-monitor';

export interface DriftMonitorProps extends MonitorProps {
  /** How often traffic is looked at. @default Duration.hours(6) */
  readonly every?: Duration;
}

/** Watches whether production is still asked what its release was trained on. */
export class DriftMonitor extends ScheduledMonitor {
  constructor(scope: Construct, id: string, { every = Duration.hours(6), ...props }: DriftMonitorProps) {
    super(scope, id, {
      ...props,
      every,
      entry: 'lambda/monitoring/check.ts',
      description: `Compares the traffic of ${props.endpointName} with the data of the release that serves`,
      // `monitoring.drift.maxMiB` is 4 GiB at most.
      timeout: Duration.minutes(15),
      memorySize: 1769,
      purpose: 'for drift',
      runbook: 'drift-check-failed',
      documents: [RUN_KEYS.release, RUN_KEYS.baseline],
      reads: [`${MONITORING_FOLDERS.capture}*`],
      writes: [`${MONITORING_FOLDERS.drift}*`],
      item: driftItem(props.endpointName),
      namespace: DRIFT_METRICS.namespace,
    });
  }
}
