import type { Evidence } from '../report/report';
import type { Columns, Series } from './evidence';
import type { Counts } from './sequential';
import { rateOf, type View } from './view';

/** Looks that the chart of a step keeps; a state machine's data end at 256 KiB. */
const MAX_POINTS = 60;

export const NO_SERIES: Series = {
  seconds: [],
  requests: { green: [], blue: [] },
  errors: { green: [], blue: [] },
  slow: { green: [], blue: [] },
  eValue: [],
};

/** The step's chart with this look. When it is full, every second point goes, and the latest stays. */
export function seriesOf({ look, green, blue, eValues }: View): Series {
  const before = look.carried?.step === look.step ? look.carried.series : NO_SERIES;
  const add = (columns: Columns, here: number | undefined, there: number | undefined): Columns => ({
    green: [...columns.green, here ?? null],
    blue: [...columns.blue, there ?? null],
  });
  const series: Series = {
    seconds: [...before.seconds, look.bakedSeconds],
    requests: add(before.requests, green.requests, blue.requests),
    errors: add(before.errors, green.errors?.events, blue.errors?.events),
    slow: add(before.slow, green.slow?.events, blue.slow?.events),
    eValue: [...before.eValue, short(eValues.total)],
  };
  return series.seconds.length <= MAX_POINTS ? series : thinned(series);
}

function thinned({ seconds, requests, errors, slow, eValue }: Series): Series {
  const last = seconds.length - 1;
  const half = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => (last - i) % 2 === 0);
  const columns = ({ green, blue }: Columns): Columns => ({ green: half(green), blue: half(blue) });
  return {
    seconds: half(seconds),
    requests: columns(requests),
    errors: columns(errors),
    slow: columns(slow),
    eValue: half(eValue),
  };
}

/** What the report keeps of a step. */
export function evidenceOf(view: View, series: Series): Evidence {
  const { look, green, blue, eValues, needed, rules, shift, own } = view;
  const { probes } = look;
  return {
    statistic: 'e_value',
    estimate: short(eValues.total),
    threshold: needed,
    method: 'two_sample_betting',
    ...(green.requests === undefined ? {} : { n: green.requests }),
    weight: look.weight,
    bakedSeconds: look.bakedSeconds,
    tests: Object.fromEntries(Object.entries(eValues.tests).map(([name, value]) => [name, short(value)])),
    green: figures(green.requests, own.errors ?? green.errors, own.slow ?? green.slow, green.refused),
    blue: figures(blue.requests, blue.errors, blue.slow, blue.refused),
    limits: {
      maxErrorRate: rules.maxErrorRate,
      maxExcess: rules.maxExcess,
      maxLatencyMs: rules.maxLatencyMs,
      maxSlowRate: rules.maxSlowRate,
      maxSlowExcess: rules.maxSlowExcess,
      maxPredictionShift: rules.maxPredictionShift,
    },
    ...(probes === undefined
      ? {}
      : {
          probes: {
            pairs: probes.stepPairs,
            answers: probes.answers.requests,
            invalid: probes.answers.events,
            skewed: probes.skewed,
          },
        }),
    ...(shift === undefined ? {} : { shift: { ...shift, psi: short(shift.psi) } }),
    alarms: [...look.green.alarms, ...look.blue.alarms],
    series,
  };
}

function figures(requests: number | undefined, errors?: Counts, slow?: Counts, refused?: Counts): object {
  const one = (counts: Counts | undefined) => counts && { ...counts, rate: short(rateOf(counts)) };
  return {
    requests: requests ?? null,
    errors: one(errors) ?? null,
    slow: one(slow) ?? null,
    refused: one(refused) ?? null,
  };
}

const short = (value: number): number => Number(value.toPrecision(4));
