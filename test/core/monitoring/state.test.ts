import fc from 'fast-check';
import type { DriftOutcome } from '../../../lib/core/monitoring/outcome';
import {
  afterCheck,
  type Checked,
  isRepeated,
  type MonitorState,
  SERIES_LENGTH,
} from '../../../lib/core/monitoring/state';
import { windowOf } from '../../../lib/core/monitoring/window';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const RULES = { settleMinutes: 10, maxWindowDays: 30 };
const iso = (hours: number): string => new Date(START + hours * HOUR).toISOString();

/** A monitor that is checked every six hours. */
function checks(outcomes: readonly (DriftOutcome | { outcome: DriftOutcome; release: string })[], consecutive = 2) {
  let state: MonitorState | undefined;
  const seen = outcomes.map((given, i) => {
    const { outcome, release } = typeof given === 'string' ? { outcome: given, release: '1' } : given;
    const now = START + (i + 1) * 6 * HOUR;
    const window = windowOf(state, { release, since: iso(0) }, now, RULES);
    const features = [{ name: 'x', psi: 0.3, null95: 0.1, drifted: outcome === 'drifted' }];
    const base = {
      endpoint: 'e',
      release,
      window,
      at: new Date(now).toISOString(),
      outcome,
      reason: 'r',
      report: 's3',
    };
    state = afterCheck(state, { ...base, rows: 10, features, consecutive });
    return { window, raised: state.unsent !== undefined };
  });
  return {
    raised: seen.map(({ raised }) => (raised ? '!' : '.')).join(''),
    windows: seen.map(({ window }) => window),
    state,
  };
}

describe('hysteresis', () => {
  test.each([
    ['drift must be found twice', ['drifted', 'stable', 'drifted', 'drifted'], '...!'],
    ['and asks once', ['drifted', 'drifted', 'drifted', 'drifted'], '.!..'],
    ['until a check without drift', ['drifted', 'drifted', 'drifted', 'stable', 'drifted', 'drifted'], '.!...!'],
    ['a check that cannot tell changes nothing', ['drifted', 'inconclusive', 'drifted', 'inconclusive'], '..!.'],
    ['nor does it arm again', ['drifted', 'drifted', 'inconclusive', 'drifted', 'drifted'], '.!...'],
  ] as const)('%s', (_, outcomes, raised) => {
    expect(checks(outcomes).raised).toBe(raised);
  });

  test('another release begins anew', () => {
    const second = { outcome: 'drifted', release: '2' } as const;
    expect(checks(['drifted', second, second, second]).raised).toBe('..!.');
    expect(checks(['drifted', 'drifted', second, second]).raised).toBe('.!.!');
  });

  test('between two requests there is a check without drift, or another release', () => {
    const outcome = fc.constantFrom<DriftOutcome>('drifted', 'stable', 'inconclusive');
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (outcomes, consecutive) => {
        const { raised } = checks(outcomes, consecutive);
        const at = [...raised].flatMap((mark, i) => (mark === '!' ? [i] : []));
        for (const [k, i] of at.entries()) {
          const between = outcomes.slice(k === 0 ? 0 : (at[k - 1] ?? 0) + 1, i);
          if (k > 0) expect(between).toContain('stable');
          expect(outcomes.slice(0, i + 1).filter((each) => each === 'drifted').length).toBeGreaterThanOrEqual(
            consecutive,
          );
        }
      }),
    );
  });
});

describe('windows', () => {
  test('begin where the last conclusive check ended, and end before what may still be delivered', () => {
    const { windows } = checks(['stable', 'inconclusive', 'drifted', 'stable']);
    const hours = windows.map(({ from, to }) => [(from - START) / HOUR, (to - START) / HOUR]);
    const settled = (i: number) => 6 * i - 1 / 6;
    expect(hours).toEqual([
      [0, settled(1)],
      [settled(1), settled(2)],
      [settled(1), settled(3)],
      [settled(3), settled(4)],
    ]);
  });

  test('begin when another release went live, and never before what was judged', () => {
    const before = { release: '1', windowFrom: iso(10) };
    const at = (since: string) => windowOf(before, { release: '2', since }, START + 20 * HOUR, RULES);
    expect(at(iso(14))).toEqual({ from: START + 14 * HOUR, to: START + 20 * HOUR - HOUR / 6, restarted: true });
    expect(at(iso(3)).from).toBe(START + 10 * HOUR);
    expect(at(iso(99)).from).toBe(START + 20 * HOUR - HOUR / 6);
  });

  test('never grow beyond their limit', () => {
    const window = windowOf(
      { release: '1', windowFrom: iso(0) },
      { release: '1', since: iso(0) },
      START + 1000 * HOUR,
      RULES,
    );
    expect(window.to - window.from).toBe(30 * 24 * HOUR);
  });
});

test('the series keeps the last checks and the columns with most drift', () => {
  const { state } = checks(Array.from({ length: 100 }, () => 'stable' as const));
  expect(state?.series).toHaveLength(SERIES_LENGTH);
  expect(state?.series.at(-1)?.at).toBe(new Date(START + 600 * HOUR - HOUR / 6).toISOString());
  expect(JSON.stringify(state).length).toBeLessThan(20_000);
});

test('the series fits into an item of the table, however long the names of columns are', () => {
  const features = Array.from({ length: 40 }, (_, i) => {
    return { name: `${'größe des Haushalts '.repeat(6)}${i}`, psi: 0.1234, null95: 0.0123, drifted: true };
  });
  let state: MonitorState | undefined;
  for (let hour = 6; hour <= 600; hour += 6) {
    const window = { from: START, to: START + hour * HOUR, restarted: false };
    const rest = { endpoint: 'e', release: '1', reason: 'r', report: 's3', rows: 10, consecutive: 100 };
    const checked: Checked = { ...rest, window, features, outcome: 'drifted', at: iso(hour) };
    state = afterCheck(state, checked);
    expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(350_000);
  }
  expect(state?.series.length).toBeGreaterThan(30);
  expect(state?.series.at(-1)?.at).toBe(iso(600));
});

test('a check that was due no later than the last one is a repetition', () => {
  const { state } = checks(['stable', 'stable']);
  expect([isRepeated(undefined, iso(0)), isRepeated(state, iso(12)), isRepeated(state, iso(12.1))]).toEqual([
    false,
    true,
    false,
  ]);
});
