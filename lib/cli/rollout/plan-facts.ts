import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { readEndpoint } from '../../../lambda/rollout/endpoint';
import type { AppConfig } from '../../config/app';
import { VARIANTS } from '../../core/rollout/endpoint';
import type { AlarmReading } from '../../core/rollout/judge';
import type { LiveFacts, TrafficSeen } from '../../core/rollout/preflight';
import type { RollbackRecord } from '../../core/rollout/releases';
import { ENDPOINT_METRICS } from '../../rollout/contract';
import type { ServingLocation } from '../../rollout/rollback-contract';
import type { RolloutClients } from './clients';
import { readPermissions } from './permissions';
import { readDrills } from './status-facts';

/** What only the account knows, and what rollbacks have measured there. */
export interface AccountFacts {
  readonly live: LiveFacts;
  readonly records: readonly RollbackRecord[];
}

const DAYS = 14;
const HOUR_S = 3600;

export async function readAccount(
  clients: RolloutClients,
  config: AppConfig,
  production: ServingLocation,
): Promise<AccountFacts> {
  const { cloudwatch, sagemaker } = clients;
  const [traffic, endpoint, alarms, permissions, { rollbacks }, drills] = await Promise.all([
    readTraffic(cloudwatch, production.endpointName, new Date()),
    readEndpoint(sagemaker, production.endpointName),
    readAlarmStates(cloudwatch, production.alarms),
    readPermissions(clients.iam, production, config.region),
    clients.store(production).history(),
    readDrills(clients, config),
  ]);
  const live = {
    ...(traffic === undefined ? {} : { traffic }),
    ...(endpoint === undefined ? {} : { endpoint }),
    alarms,
    permissions,
  };
  return { live, records: [...rollbacks, ...drills] };
}

/** Requests of both variants in the whole hours since the first one with any; undefined when there was none. */
async function readTraffic(
  cloudwatch: CloudWatchClient,
  endpoint: string,
  now: Date,
): Promise<TrafficSeen | undefined> {
  const end = Math.floor(now.getTime() / 1000 / HOUR_S) * HOUR_S;
  const start = end - DAYS * 24 * HOUR_S;
  const hours = new Map<number, number>();
  let NextToken: string | undefined;
  do {
    const page = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(start * 1000),
        EndTime: new Date(end * 1000),
        MetricDataQueries: VARIANTS.map((variant) => requests(endpoint, variant)),
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    for (const { Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      for (const [i, time] of Timestamps.entries()) {
        const hour = Math.floor((time.getTime() / 1000 - start) / HOUR_S);
        hours.set(hour, (hours.get(hour) ?? 0) + (Values[i] ?? 0));
      }
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  if (hours.size === 0) return undefined;
  const first = Math.min(...hours.keys());
  return { hourly: Array.from({ length: DAYS * 24 - first }, (_, i) => hours.get(first + i) ?? 0) };
}

function requests(endpoint: string, variant: string): MetricDataQuery {
  const Dimensions = [
    { Name: 'EndpointName', Value: endpoint },
    { Name: 'VariantName', Value: variant },
  ];
  const Metric = { Namespace: ENDPOINT_METRICS.namespace, MetricName: ENDPOINT_METRICS.invocations, Dimensions };
  return { Id: variant, MetricStat: { Metric, Period: HOUR_S, Stat: 'Sum' } };
}

async function readAlarmStates(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<readonly AlarmReading[]> {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
  return names.map((name) => {
    const state = MetricAlarms.find(({ AlarmName }) => AlarmName === name)?.StateValue;
    return { name, ...(state === undefined ? {} : { state }) };
  });
}
