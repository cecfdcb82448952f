import {
  type CloudWatchClient,
  type Dimension,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import type { FeatureDrift } from '../../lib/core/monitoring/outcome';
import { DRIFT_METRICS } from '../../lib/monitoring/drift-contract';
import { dimensionValue } from './dimension-value';

export interface DriftFigures {
  readonly endpoint: string;
  /** End of the window. */
  readonly at: Date;
  readonly rows: number;
  readonly unusable: number;
  readonly features: readonly FeatureDrift[];
}

/** CloudWatch takes at most this many in one request. */
const MAX_DATA = 1000;

/** Publishes what a check found. A repeated check publishes equal values once more, which changes no average. */
export async function publishDrift(cloudwatch: CloudWatchClient, figures: DriftFigures): Promise<void> {
  const data = dataOf(figures);
  for (let from = 0; from < data.length; from += MAX_DATA) {
    const MetricData = data.slice(from, from + MAX_DATA);
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: DRIFT_METRICS.namespace, MetricData }));
  }
}

function dataOf({ endpoint, at, rows, unusable, features }: DriftFigures): MetricDatum[] {
  const ofEndpoint: readonly Dimension[] = [{ Name: DRIFT_METRICS.endpoint, Value: endpoint }];
  const datum = (MetricName: string, Value: number, Dimensions = ofEndpoint): MetricDatum => ({
    MetricName,
    Value,
    Dimensions: [...Dimensions],
    Timestamp: at,
  });
  return [
    datum(DRIFT_METRICS.rows, rows),
    datum(DRIFT_METRICS.unusable, unusable),
    datum(DRIFT_METRICS.drifted, features.filter(({ drifted }) => drifted).length),
    ...features.flatMap(({ name, psi, null95 }) => {
      const dimensions = [...ofEndpoint, { Name: DRIFT_METRICS.feature, Value: dimensionValue(name) }];
      return [datum(DRIFT_METRICS.psi, psi, dimensions), datum(DRIFT_METRICS.null95, null95, dimensions)];
    }),
  ];
}
