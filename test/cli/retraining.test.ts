import { followDecision } from '../../lib/cli/retraining/retrain';
import { triggersDocument, triggersText } from '../../lib/cli/retraining/triggers';
import { NEW_STATE, type RetrainingState, type RunRecord } from '../../lib/core/retraining/state';
import type { Trigger } from '../../lib/core/retraining/trigger';
import type { KeyItem } from '../../lib/retraining/contract';

const trigger = (key: string, kind: Trigger['kind'] = 'manual'): Trigger => ({
  kind,
  reason: `because of ${key}`,
  at: '2026-03-02T00:00:00Z',
  key,
});
const run = (id: string, key: string, hours: number, ended = true): RunRecord => ({
  id,
  trigger: trigger(key, 'drift'),
  startedAt: `2026-03-02T0${hours}:00:00.000Z`,
  ...(ended ? { endedAt: `2026-03-02T0${hours}:30:00.000Z`, outcome: 'Succeeded' } : {}),
});
const KEY: KeyItem = { kind: 'manual', reason: 'x', at: '2026-03-02T00:00:00Z' };

/** A store whose answers change with every look; the last one stays. */
function store(looks: readonly (readonly [item: KeyItem | undefined, state: RetrainingState])[]) {
  let look = 0;
  const current = () => looks[Math.min(look, looks.length - 1)];
  return {
    readKey: async () => {
      const item = current()?.[0];
      if (item === undefined) look += 1;
      return item;
    },
    read: async () => {
      const state = current()?.[1] ?? NEW_STATE;
      look += 1;
      return state;
    },
  };
}
const follow = (looks: Parameters<typeof store>[0]) =>
  followDecision(store(looks), 'mine', { everyMs: 1, patienceMs: 20 });

describe('assay retrain', () => {
  test('follows the request until its run was started', async () => {
    const starting = { ...NEW_STATE, starting: { trigger: trigger('mine'), at: '2026-03-02T00:00:00Z' } };
    const started = {
      ...NEW_STATE,
      runs: [{ id: 'run-7', trigger: trigger('mine'), startedAt: '2026-03-02T00:00:00Z' }],
    };
    expect(
      await follow([
        [undefined, NEW_STATE],
        [KEY, starting],
        [KEY, started],
      ]),
    ).toEqual({
      schema: 'assay.retrain/1',
      key: 'mine',
      decision: 'started',
      reason: 'because of mine',
      runId: 'run-7',
    });
  });

  test('finds the run that answers it among others, but none of before', async () => {
    const answering = (startedAt: string) => {
      const other: Trigger = { ...trigger('other'), also: [{ kind: 'manual', reason: 'x' }] };
      return { ...NEW_STATE, runs: [{ id: 'run-8', trigger: other, startedAt }] };
    };
    expect(await follow([[KEY, answering('2026-03-02T00:00:00Z')]])).toMatchObject({
      decision: 'started',
      runId: 'run-8',
    });
    expect(await follow([[KEY, answering('2026-03-01T23:00:00Z')]])).toMatchObject({ decision: 'waits' });
  });

  test('finds the run that answers it though the record of the run cuts its reason', async () => {
    const reason = 'because '.repeat(30);
    const other: Trigger = { ...trigger('other'), also: [{ kind: 'manual', reason: reason.slice(0, 100) }] };
    const runs = [{ id: 'run-9', trigger: other, startedAt: '2026-03-02T00:00:01Z' }];
    const found = await follow([
      [
        { ...KEY, reason },
        { ...NEW_STATE, runs },
      ],
    ]);
    expect(found).toMatchObject({ decision: 'started', runId: 'run-9' });
  });

  test('says why a request waits, and until when', async () => {
    const decision = { decision: 'waits', reason: 'cool-down', until: '2026-03-02T06:00:00Z' } as const;
    expect(await follow([[{ ...KEY, decision }, NEW_STATE]])).toMatchObject(decision);
  });

  test('a request that nobody takes has no answer, rather than a good one', async () => {
    expect(await follow([[undefined, NEW_STATE]])).toBeUndefined();
  });
});

describe('assay triggers', () => {
  const policy = { coolDownHours: 6, maxRunsPerDay: 3, settleMinutes: 15 };
  const state: RetrainingState = {
    runs: [run('a', 'first', 1), run('b', 'second', 5)],
    waiting: [{ trigger: trigger('late'), more: 2, since: '2026-03-02T06:00:00Z', latest: '2026-03-02T06:10:00Z' }],
    coolDownFrom: '2026-03-02T05:30:00.000Z',
  };
  const NOW = Date.parse('2026-03-02T07:00:00Z');

  test('tells the last runs, what waits, why and until when', () => {
    const text = triggersText(triggersDocument('churn', state, policy, NOW));
    expect(text.split('\n')).toEqual([
      'churn: 2 of 3 runs within 24 hours; cool-down until 2026-03-02T11:30:00.000Z',
      '',
      '  RUN  TRIGGER  STARTED                   ENDED                     OUTCOME    REASON',
      '  b    drift    2026-03-02T05:00:00.000Z  2026-03-02T05:30:00.000Z  Succeeded  because of second',
      '  a    drift    2026-03-02T01:00:00.000Z  2026-03-02T01:30:00.000Z  Succeeded  because of first',
      '',
      'waiting:',
      '  manual: because of late (and 2 more), since 2026-03-02T06:00:00Z',
      '  held back: the last run that a trigger started ended at 2026-03-02T05:30:00.000Z, and 6 hours of cool-down follow; until 2026-03-02T11:30:00.000Z',
      '',
    ]);
  });

  test('a calendar ahead of the clock counts, and an application without runs is none with nothing to say', () => {
    expect(triggersDocument('churn', state, policy, 0)).toMatchObject({
      at: '2026-03-02T06:10:00.000Z',
      runsWithin24Hours: 2,
    });
    expect(triggersText(triggersDocument('churn', NEW_STATE, policy, NOW))).toBe(
      'churn: 0 of 3 runs within 24 hours; cool-down over\n\n  no run yet\n\nnothing waits\n',
    );
  });
});
