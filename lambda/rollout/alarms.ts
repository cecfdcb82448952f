import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading } from '../../lib/core/rollout/judge';
import { ROLLOUT_ENV, type VariantAlarms } from '../../lib/rollout/contract';
import { requiredEnv } from '../shared/text';

export const variantAlarms = (): VariantAlarms => JSON.parse(requiredEnv(ROLLOUT_ENV.alarms)) as VariantAlarms;

/** Metric and state of each alarm, in the order of `names`. An alarm that does not exist has no state. */
export async function readAlarms(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<readonly AlarmReading[]> {
  if (names.length === 0) return [];
  const found = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [...names], MaxRecords: 100 }));
  return names.map((name) => {
    const { StateValue: state, MetricName: metric } =
      found.MetricAlarms?.find((alarm) => alarm.AlarmName === name) ?? {};
    return { name, ...(metric === undefined ? {} : { metric }), ...(state === undefined ? {} : { state }) };
  });
}
