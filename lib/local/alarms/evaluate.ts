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

/** What an alarm may watch, in the words of an error. */
export const ALARM_STATISTICS =
  'Sum, Average, Minimum, Maximum, SampleCount, p0 to p100, TC(a:b), TS(a:b), TM(a:b) and PR(a:b)';

const SIMPLE: readonly string[] = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];
const TRIMMED = /^(TC|TS|TM|PR)\((\d+(\.\d+)?)?:(\d+(\.\d+)?)?\)$/;

/** One of `ALARM_STATISTICS`, which the emulator computes. */
export const isStatistic = (name: string): boolean =>
  SIMPLE.includes(name) || TRIMMED.test(name) || Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(name)?.[1]) <= 100;
