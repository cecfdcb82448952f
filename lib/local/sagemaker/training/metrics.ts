import type { FinalMetric } from './record';
import type { TrainingInput } from './shape';

type Definitions = NonNullable<TrainingInput['AlgorithmSpecification']['MetricDefinitions']>;

/** The last value of each metric in the log, as SageMaker reads it: the first group of its regular expression. */
export function finalMetrics(log: string, definitions: Definitions, timestamp: number): readonly FinalMetric[] {
  return definitions.flatMap(({ Name, Regex }) => {
    const values = [...log.matchAll(new RegExp(Regex, 'gm'))].map((match) => Number(match[1]));
    const value = values.findLast(Number.isFinite);
    return value === undefined ? [] : [{ MetricName: Name, Value: value, Timestamp: timestamp }];
  });
}
