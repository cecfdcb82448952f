import { judgeTraffic } from '../../../lib/core/monitoring/outcome';
import { afterCheck, type MonitorState } from '../../../lib/core/monitoring/state';
import { Traffic } from '../../../lib/core/monitoring/traffic';
import { windowOf } from '../../../lib/core/monitoring/window';
import { baseline, captureLines, GATES } from '../../monitoring/drift-fixture';

const START = Date.UTC(2026, 9, 1);
const SIX_HOURS = 6 * 3_600_000;
const BASELINE = baseline();
const { drift } = GATES.monitoring;
const SHAPE = {
  task: 'binary' as const,
  fields: GATES.serving.fields,
  columns: Object.keys(GATES.dataset.columns),
  key: 'id',
  label: 'y',
};

/** A monitor that is checked every six hours. @param shift of the traffic in each of them */
function watched(checks: number, shift: (check: number) => number) {
  let state: MonitorState | undefined;
  const raised: number[] = [];
  const lines: string[] = [];
  for (let check = 0; check < checks; check += 1) {
    const [from, now] = [START + check * SIX_HOURS, START + (check + 1) * SIX_HOURS];
    const asked = {
      seed: 1000 + check,
      count: 450,
      from: new Date(from).toISOString(),
      to: new Date(now).toISOString(),
    };
    lines.push(...captureLines({ ...asked, shift: shift(check) }).map(([, line]) => line));
    const window = windowOf(state, { release: '1', since: new Date(START).toISOString() }, now, drift);
    const traffic = new Traffic({ baseline: BASELINE, shape: SHAPE, ...window, decode: (text) => text });
    for (const [line, text] of lines.entries()) traffic.add(text, { file: 'f', line });
    const { rows } = traffic.found();
    const judged = judgeTraffic(traffic.columns(), rows, drift);
    const checked = { endpoint: 'e', release: '1', window, at: new Date(now).toISOString(), rows, report: '' };
    state = afterCheck(state, { ...checked, ...judged, consecutive: drift.consecutive });
    if (state.unsent !== undefined) raised.push(check);
    // What was judged is not read again.
    lines.splice(0, Math.max(0, lines.length - 460));
  }
  return { raised, outcomes: state?.series.map(({ outcome }) => outcome) ?? [] };
}

test('thirty days of the same traffic ask for nothing', () => {
  const { raised, outcomes } = watched(120, () => 0);
  expect(raised).toEqual([]);
  expect(new Set(outcomes)).toEqual(new Set(['stable']));
});

test('a shift that stays is found at its second check, once', () => {
  expect(watched(10, (check) => (check >= 5 ? 0.8 : 0)).raised).toEqual([6]);
});
