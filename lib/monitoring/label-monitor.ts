import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RUN_KEYS } from '../pipeline/contract';
import { MONITORING_FOLDERS } from './contract';
import { QUALITY_METRICS, qualityItem } from './quality-contract';
import { type MonitorProps, ScheduledMonitor } from './scheduled-monitor';

export interface LabelMonitorProps extends MonitorProps {
  /** How often labels are looked at. @default Duration.days(1) */
  readonly every?: Duration;
}

/** Judges the releases of production by the labels that come later. */
export class LabelMonitor extends ScheduledMonitor {
  constructor(scope: Construct, id: string, { every = Duration.days(1), ...props }: LabelMonitorProps) {
    super(scope, id, {
      ...props,
      every,
      entry: 'lambda/monitoring/quality.ts',
      description: `Judges releases of ${props.endpointName} by the labels that came later`,
      // All captures of `labelDelayDays` are read: some 20 MiB a second.
      timeout: Duration.minutes(15),
      memorySize: 3072,
      purpose: 'by labels',
      runbook: 'label-check-failed',
      documents: [RUN_KEYS.release],
      reads: [MONITORING_FOLDERS.capture, MONITORING_FOLDERS.labels, MONITORING_FOLDERS.quality].map((at) => `${at}*`),
      writes: [`${MONITORING_FOLDERS.quality}*`],
      item: qualityItem(props.endpointName),
      namespace: QUALITY_METRICS.namespace,
    });
  }
}
