import type { RollbackRecord } from './releases';
import { DURATIONS, type Durations, type Estimate } from './timing';

const MEASUREMENTS = 5;

/** What going back takes: the median of the last measurements, or the assumption where nothing was measured yet. */
export function expectedSeconds(temperature: 'warm' | 'cold', records: readonly RollbackRecord[]): Estimate {
  // A drill times the change alone; a real one is timed from the order.
  const measured = measurements(temperature, records, DURATIONS.prepare.seconds);
  if (measured.length > 0) {
    return { seconds: median(measured), basis: `median of the last ${measured.length} measured` };
  }
  const { prepare, changeWeights, changeVariants } = DURATIONS;
  const change = temperature === 'warm' ? changeWeights : changeVariants;
  return { seconds: prepare.seconds + change.seconds, basis: change.basis };
}

/** The newest few of their kind. @param beforeDrill seconds to add to what a drill has measured */
function measurements(
  temperature: 'warm' | 'cold',
  records: readonly RollbackRecord[],
  beforeDrill: number,
): readonly number[] {
  const newest = [...records].sort((a, b) => b.at.localeCompare(a.at));
  const seconds = newest.map((record) => {
    const found = secondsOf(temperature, record);
    return found === undefined || record.kind !== 'drill' ? found : found + beforeDrill;
  });
  return seconds.filter((value) => value !== undefined).slice(0, MEASUREMENTS);
}

/** The durations with those that were measured in place of the assumed ones. */
export function measuredDurations(records: readonly RollbackRecord[], durations: Durations = DURATIONS): Durations {
  const known = (temperature: 'warm' | 'cold', otherwise: Estimate): Estimate => {
    const measured = measurements(temperature, records, 0);
    if (measured.length === 0) return otherwise;
    return { seconds: median(measured), basis: `median of the last ${measured.length} measured` };
  };
  return {
    ...durations,
    changeWeights: known('warm', durations.changeWeights),
    changeVariants: known('cold', durations.changeVariants),
  };
}

function secondsOf(temperature: 'warm' | 'cold', record: RollbackRecord): number | undefined {
  const { kind, seconds, to } = record;
  if (temperature === 'cold') {
    return kind === 'drill' ? record.instancesSeconds : record.temperature === 'cold' ? seconds : undefined;
  }
  // A first release that was taken back had no other variant: its endpoint was deleted, which is no change of weights.
  return record.temperature === 'cold' || to === undefined ? undefined : seconds;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}
