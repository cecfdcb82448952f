export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The part of a metric alarm that decides its state. */
export interface AlarmRule {
  readonly threshold: number;
  readonly comparison: string;
  /** How many of the evaluated periods must breach. */
  readonly datapointsToAlarm: number;
  /** `missing`, `ignore`, `breaching` or `notBreaching`. */
  readonly treatMissingData: string;
}

export const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The state of an alarm from its evaluated periods; undefined is a period without data.
 * Looks at exactly these periods, where CloudWatch may reach further back for late data.
 */
export function evaluateAlarm(
  rule: AlarmRule,
  periods: readonly (number | undefined)[],
  current: AlarmState,
): AlarmState {
  const compare = COMPARISONS[rule.comparison];
  if (compare === undefined)
    throw new Error(
      `comparison operator ${rule.comparison} is not supported; supported are ${Object.keys(COMPARISONS).join(', ')}`,
    );
  const breaching = periods.filter((value) => value !== undefined && compare(value, rule.threshold)).length;
  const missing = periods.filter((value) => value === undefined).length;
  if (breaching >= rule.datapointsToAlarm) return 'ALARM';
  if (missing === 0) return 'OK';
  switch (rule.treatMissingData) {
    case 'breaching':
      return breaching + missing >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return missing === periods.length || breaching > 0 ? current : 'OK';
    default:
      if (missing === periods.length) return 'INSUFFICIENT_DATA';
      // Missing periods may tip the alarm only together with one that really breaches.
      return breaching > 0 && breaching + missing >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  }
}

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or `p0` to `p100`. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(STATISTICS, name) || percentileOf(name) !== undefined;
}

/** One period's statistic; undefined without values. */
export function statistic(name: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const percent = percentileOf(name);
  const compute =
    STATISTICS[name] ?? (percent === undefined ? undefined : (all: readonly number[]) => percentile(all, percent));
  if (compute === undefined)
    throw new Error(
      `statistic ${name} is not supported; supported are ${Object.keys(STATISTICS).join(', ')} and p0 to p100`,
    );
  return compute(values);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
  SampleCount: (values) => values.length,
};

function percentileOf(name: string): number | undefined {
  const percent = Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(name)?.[1] ?? Number.NaN);
  return percent <= 100 ? percent : undefined;
}

/** Linear interpolation between closest ranks. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
