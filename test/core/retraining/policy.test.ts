import { ask, proceed, stillWaiting } from '../../../lib/core/retraining/policy';
import { runEnded, runResumed, runStarted } from '../../../lib/core/retraining/runs';
import {
  NEW_STATE,
  type RetrainingPolicy,
  type RetrainingState,
  type RetrainingStep,
} from '../../../lib/core/retraining/state';
import type { Trigger, TriggerKind } from '../../../lib/core/retraining/trigger';

const POLICY: RetrainingPolicy = { coolDownHours: 6, maxRunsPerDay: 3, settleMinutes: 15 };
const START = Date.parse('2026-03-02T00:00:00Z');
/** Hours after midnight. */
const at = (hours: number): string => new Date(START + hours * 3_600_000).toISOString();
const trigger = (kind: TriggerKind, hours: number, key = `${kind}@${hours}`): Trigger => ({
  kind,
  reason: `because of ${key}`,
  at: at(hours),
  key,
});
const asked = (state: RetrainingState, kind: TriggerKind, hours: number, forced = false): RetrainingStep =>
  ask(state, { trigger: trigger(kind, hours), forced }, POLICY, at(hours));

/** The run that was decided on starts and ends. */
function ran({ state }: RetrainingStep, id: string, from: number, to: number): RetrainingState {
  const { starting } = state;
  if (starting === undefined) throw new Error('nothing was decided');
  const run = { id, trigger: starting.trigger, startedAt: at(from) };
  const started = runStarted(state, run);
  expect(started.decisions).toMatchObject([{ decision: 'started', runId: id }]);
  return runEnded(started.state, { ...run, endedAt: at(to), outcome: 'Succeeded' }).state;
}
const push = (id: string, hours: number) => ({ id, trigger: trigger('push', hours), startedAt: at(hours) });

test('the first request starts a run at once', () => {
  const { state, decisions } = asked(NEW_STATE, 'drift', 1);
  expect(state).toMatchObject({ waiting: [], starting: { trigger: trigger('drift', 1), at: at(1) } });
  expect(decisions).toEqual([]);
});

test('while a run is being started or under way everything waits, forced or not', () => {
  const starting = asked(NEW_STATE, 'drift', 1).state;
  const second = asked(starting, 'manual', 1.1, true);
  expect(second.decisions).toMatchObject([{ decision: 'waits', reason: `a run is being started since ${at(1)}` }]);
  const under = runStarted(NEW_STATE, push('p', 1)).state;
  const third = asked(under, 'manual', 2, true);
  expect(third.state.starting).toBeUndefined();
  expect(third.decisions).toMatchObject([{ decision: 'waits', reason: `run p (push) is under way since ${at(1)}` }]);
});

test('one run answers everything that waited for it, the gravest reason first', () => {
  let state = runStarted(NEW_STATE, push('p', 1)).state;
  for (const [kind, hours] of [
    ['new-data', 1.1],
    ['webhook', 1.2],
    ['schedule', 1.3],
    ['drift', 1.4],
    ['new-data', 1.5],
  ] as const) {
    state = asked(state, kind, hours).state;
  }
  state = runEnded(state, { ...push('p', 1), endedAt: at(2), outcome: 'Failed' }).state;
  const { starting } = proceed(state, POLICY, at(2)).state;
  expect(starting?.trigger).toEqual({
    ...trigger('drift', 1.4),
    also: [
      { kind: 'webhook', reason: 'because of webhook@1.2' },
      { kind: 'schedule', reason: 'because of schedule@1.3' },
      { kind: 'new-data', reason: 'because of new-data@1.1 (and 1 more)' },
    ],
  });
});

test('a forced request is the reason of the run that it brings about', () => {
  const cooling = ran(asked(NEW_STATE, 'drift', 1), 'a', 1, 2);
  const waiting = asked(cooling, 'manual', 3).state;
  const { starting } = asked(waiting, 'manual', 4, true).state;
  expect(starting?.trigger).toMatchObject({
    key: 'manual@4',
    also: [{ kind: 'manual', reason: 'because of manual@3' }],
  });
});

test('cool-down counts from the end of the last triggered run, not of a push', () => {
  let state = ran(asked(NEW_STATE, 'drift', 1), 'a', 1, 2);
  state = runEnded(state, { ...push('p', 3), endedAt: at(4), outcome: 'Succeeded' }).state;
  const early = asked(state, 'drift', 7.9);
  expect(early.decisions).toMatchObject([{ decision: 'waits', until: at(8) }]);
  expect(proceed(early.state, POLICY, at(7.99)).state.starting).toBeUndefined();
  expect(proceed(early.state, POLICY, at(8)).state.starting?.at).toBe(at(8));
  expect(asked(state, 'manual', 5, true).state.starting).toBeDefined();
  expect(asked(state, 'manual', 5).state.starting).toBeUndefined();
});

test('the daily limit counts pushes, never holds them, and lets go when enough runs are a day old', () => {
  let state = NEW_STATE;
  for (const hours of [1, 2, 3, 4]) {
    state = runEnded(state, { ...push(`p${hours}`, hours), endedAt: at(hours + 0.5), outcome: 'Succeeded' }).state;
  }
  const held = asked(state, 'schedule', 5);
  expect(held.decisions).toMatchObject([
    { decision: 'waits', reason: '4 runs were started within 24 hours, and 3 are allowed', until: at(26) },
  ]);
  expect(proceed(held.state, POLICY, at(25.9)).state.starting).toBeUndefined();
  expect(proceed(held.state, POLICY, at(26)).state.starting).toBeDefined();
});

describe('a request that the daily limit holds back', () => {
  /** Three runs in the hours before: as many as are allowed. */
  function fullDay(state: RetrainingState, hours: number): RetrainingState {
    return [1, 2, 3].reduce((before, back) => {
      const run = push(`p${hours}-${back}`, hours - back);
      return runEnded(before, { ...run, endedAt: at(hours), outcome: 'Failed' }).state;
    }, state);
  }

  test('for more than seven days is refused', () => {
    let { state } = asked(fullDay(NEW_STATE, 4), 'webhook', 4);
    for (let day = 1; day <= 7; day += 1) {
      const hours = 4 + day * 24;
      const step = proceed(fullDay(state, hours), POLICY, at(hours));
      expect(step.decisions).toEqual([]);
      ({ state } = step);
    }
    const { decisions, state: left } = proceed(fullDay(state, 4 + 7.5 * 24), POLICY, at(4 + 7.5 * 24));
    const reason = 'the daily limit held it back for more than 7 days';
    expect(decisions).toEqual([{ decision: 'refused', trigger: trigger('webhook', 4), reason }]);
    expect(left.waiting).toEqual([]);
  });

  test('only since the run ended that held it back for nine days waits on, and starts when it may', () => {
    let { state } = asked(runStarted(NEW_STATE, push('long', 0)).state, 'webhook', 1);
    expect(proceed(state, POLICY, at(24 * 9)).state.waiting).toHaveLength(1);
    state = runEnded(state, { ...push('long', 0), endedAt: at(24 * 9), outcome: 'Stopped' }).state;
    const limited = proceed(fullDay(state, 24 * 9), POLICY, at(24 * 9));
    expect(limited.decisions).toEqual([]);
    expect(limited.state.waiting).toMatchObject([{ limitedSince: at(24 * 9) }]);
    expect(proceed(limited.state, POLICY, at(24 * 10)).state.starting?.trigger).toEqual(trigger('webhook', 1));
  });
});

test('what waited for a run without a known end is told when it may start, once the run has ended', () => {
  const first = ran(asked(NEW_STATE, 'schedule', 1), 'first', 1, 2);
  const held = asked(runStarted(first, push('p', 3)).state, 'webhook', 4);
  expect(held.decisions).toMatchObject([{ decision: 'waits', reason: expect.stringContaining('under way') }]);
  expect(held.decisions[0]?.until).toBeUndefined();
  const { state } = runEnded(held.state, { ...push('p', 3), endedAt: at(5), outcome: 'Succeeded' });
  expect(stillWaiting(state, POLICY, at(5))).toMatchObject([
    { decision: 'waits', trigger: { kind: 'webhook' }, until: at(8) },
  ]);
  expect(stillWaiting(state, POLICY, at(8))).toEqual([]);
});

describe('drift of a release that another one has replaced', () => {
  const held = asked(asked(runStarted(NEW_STATE, push('p', 0)).state, 'drift', 1).state, 'webhook', 1).state;
  const kinds = (state: RetrainingState) => state.waiting.map(({ trigger: { kind } }) => kind);

  test('starts no further run: it is answered', () => {
    const { state, decisions } = runEnded(held, { ...push('p', 0), endedAt: at(2), outcome: 'Succeeded' });
    expect(kinds(state)).toEqual(['webhook']);
    expect(decisions).toMatchObject([
      {
        decision: 'refused',
        trigger: { kind: 'drift' },
        reason: expect.stringContaining('run p has released another'),
      },
    ]);
  });

  test('waits on where the run released nothing', () => {
    const { state, decisions } = runEnded(held, { ...push('p', 0), endedAt: at(2), outcome: 'Failed' });
    expect([kinds(state), decisions]).toEqual([['drift', 'webhook'], []]);
  });
});

describe('new data', () => {
  test('waits until no more comes, and is told about once', () => {
    const first = asked(NEW_STATE, 'new-data', 1);
    expect(first.decisions).toMatchObject([{ decision: 'waits', until: at(1.25) }]);
    const second = asked(first.state, 'new-data', 1.2);
    expect(second.decisions).toEqual([]);
    expect(proceed(second.state, POLICY, at(1.4)).state.starting).toBeUndefined();
    const { starting } = proceed(second.state, POLICY, at(1.45)).state;
    expect(starting?.trigger.reason).toBe('because of new-data@1 (and 1 more)');
  });

  test('that never stops coming starts a run after 24 pauses', () => {
    let state = NEW_STATE;
    let hours = 1;
    while (state.starting === undefined && hours < 20) {
      state = asked(state, 'new-data', hours).state;
      hours += 0.2;
    }
    expect(hours).toBeCloseTo(1 + 6 + 0.2, 0);
  });

  test('goes along with a run for another reason', () => {
    const { state } = asked(asked(NEW_STATE, 'new-data', 1).state, 'webhook', 1.05);
    expect(state.starting?.trigger).toMatchObject({ kind: 'webhook', also: [{ kind: 'new-data' }] });
  });
});

describe('runs', () => {
  test('starts and ends in any order and number come to the same', () => {
    const run = { id: 'a', trigger: trigger('webhook', 1), startedAt: at(1) };
    const end = { ...run, endedAt: at(2), outcome: 'Failed' };
    const inOrder = runEnded(runStarted(NEW_STATE, run).state, end).state;
    expect(runStarted(runEnded(NEW_STATE, end).state, run).state).toEqual(inOrder);
    expect(runEnded(runStarted(inOrder, run).state, { ...end, endedAt: at(3) }).state).toEqual(inOrder);
    expect(inOrder.coolDownFrom).toBe(at(2));
  });

  test.each(['Succeeded', 'Superseded', 'Cancelled'])('one that ended as %s is not under way again', (outcome) => {
    const ended = runEnded(NEW_STATE, { ...push('p', 1), endedAt: at(2), outcome }).state;
    expect(runResumed(ended, push('p', 3)).state).toEqual(ended);
  });

  test('a run whose failed stage is tried again is under way again', () => {
    const ended = runEnded(NEW_STATE, { ...push('p', 1), endedAt: at(2), outcome: 'Failed' }).state;
    const resumed = runResumed(ended, push('p', 3)).state;
    expect(resumed.runs).toEqual([push('p', 1)]);
    expect(asked(resumed, 'drift', 3).state.starting).toBeUndefined();
  });

  test.each(['Superseded', 'Cancelled'])('what a run was started for that was %s waits again', (outcome) => {
    const { starting } = asked(asked(NEW_STATE, 'new-data', 1).state, 'drift', 1.1).state;
    if (starting === undefined) throw new Error('nothing was decided');
    const run = { id: 'a', trigger: starting.trigger, startedAt: at(1.1) };
    const { state } = runStarted({ ...NEW_STATE, starting }, run);
    const ended = runEnded(state, { ...run, endedAt: at(2), outcome }).state;
    expect(ended).toMatchObject({ runs: [{ id: 'a', outcome }], waiting: [{ trigger: { key: 'drift@1.1' } }] });
    const again = proceed(ended, POLICY, at(2)).state;
    const reason = `again, as run a was ${outcome.toLowerCase()}: because of drift@1.1`;
    expect(again.starting).toEqual({ at: at(2), trigger: { ...starting.trigger, reason } });
    // What is told of the run before is not taken for the new one.
    const late = runEnded(runStarted(again, run).state, { ...run, endedAt: at(2.1), outcome });
    expect(late).toEqual({ state: again, decisions: [] });
  });

  test('that a person stopped is not started again, and neither is a push', () => {
    const { starting } = asked(NEW_STATE, 'drift', 1).state;
    if (starting === undefined) throw new Error('nothing was decided');
    const run = { id: 'a', trigger: starting.trigger, startedAt: at(1) };
    const { state } = runStarted({ ...NEW_STATE, starting }, run);
    const stopped = runEnded(state, { ...run, endedAt: at(2), outcome: 'Stopped' }).state;
    expect(stopped).toMatchObject({ waiting: [], coolDownFrom: at(2) });
    const superseded = { ...push('p', 1), endedAt: at(2), outcome: 'Superseded' };
    expect(runEnded(NEW_STATE, superseded).state.waiting).toEqual([]);
  });

  test.each([true, false])(
    'told of before its trigger could be read is no push once that is known (ended: %s)',
    (first) => {
      const { state } = asked(NEW_STATE, 'drift', 1);
      const unread = { ...push('a', 1), endedAt: at(2), outcome: 'Failed' };
      const run = { id: 'a', trigger: trigger('drift', 1), startedAt: at(1) };
      const told = first ? runEnded(state, unread).state : runStarted(state, push('a', 1)).state;
      const started = runStarted(told, run);
      expect(started.decisions).toMatchObject([{ decision: 'started', runId: 'a' }]);
      expect(runEnded(started.state, unread).state).toEqual({
        runs: [{ ...run, endedAt: at(2), outcome: 'Failed' }],
        waiting: [],
        coolDownFrom: at(2),
      });
    },
  );

  test('the record stays small, and loses none that is under way or counts', () => {
    let state = runStarted(NEW_STATE, push('under way', 0)).state;
    for (let i = 0; i < 300; i += 1) {
      state = runEnded(state, { ...push(`p${i}`, i), endedAt: at(i + 0.5), outcome: 'Succeeded' }).state;
    }
    expect(state.runs[0]?.id).toBe('under way');
    expect(state.runs).toHaveLength(25);
  });

  test('a record names ten of the requests that it answers, and tells of all of them once', () => {
    let state = runStarted(NEW_STATE, push('p', 1)).state;
    for (let i = 0; i < 30; i += 1)
      state = ask(state, { trigger: trigger('webhook', 1, `w${i}`) }, POLICY, at(1)).state;
    state = runEnded(state, { ...push('p', 1), endedAt: at(2), outcome: 'Failed' }).state;
    const decided = proceed(state, POLICY, at(2)).state;
    if (decided.starting === undefined) throw new Error('nothing was decided');
    const started = runStarted(decided, { id: 'a', trigger: decided.starting.trigger, startedAt: at(2) });
    expect(started.state.runs.at(-1)?.trigger.also).toHaveLength(10);
    expect(started.decisions[0]?.trigger.also).toHaveLength(29);
  });

  test('however much is asked while a run is under way, what is kept is bounded', () => {
    let { state } = runStarted(NEW_STATE, push('p', 0));
    for (let i = 0; i < 1000; i += 1) {
      state = ask(
        state,
        { trigger: { ...trigger('webhook', 1, `w${i}`), reason: 'r'.repeat(900) } },
        POLICY,
        at(1),
      ).state;
    }
    expect(state.waiting).toHaveLength(40);
    expect(state.waiting.reduce((sum, { more }) => sum + 1 + more, 0)).toBe(1000);
    expect(JSON.stringify(state).length).toBeLessThan(40_000);
  });
});
