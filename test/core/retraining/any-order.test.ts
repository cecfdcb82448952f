import fc from 'fast-check';
import { ask, proceed } from '../../../lib/core/retraining/policy';
import { runEnded, runStarted } from '../../../lib/core/retraining/runs';
import {
  DAY_MS,
  NEW_STATE,
  type RetrainingPolicy,
  type RetrainingState,
  type RetrainingStep,
} from '../../../lib/core/retraining/state';
import type { Trigger, TriggerKind } from '../../../lib/core/retraining/trigger';

const POLICY: RetrainingPolicy = { coolDownHours: 3, maxRunsPerDay: 4, settleMinutes: 15 };
const KINDS: readonly TriggerKind[] = ['schedule', 'new-data', 'drift', 'degradation', 'webhook', 'manual'];

type Action =
  | { readonly do: 'ask'; readonly kind: TriggerKind; readonly key: number; readonly forced: boolean }
  | { readonly do: 'push' | 'start' | 'end' | 'displace' | 'tick' | 'repeat' };

const script = (
  ...more: readonly 'displace'[]
): fc.Arbitrary<readonly (readonly [minutes: number, action: Action])[]> =>
  fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 300 }),
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({
            do: fc.constant('ask' as const),
            kind: fc.constantFrom(...KINDS),
            key: fc.nat(30),
            forced: fc.constant(false),
          }),
        },
        {
          weight: 6,
          arbitrary: fc.record({
            do: fc.constantFrom(
              'push' as const,
              'start' as const,
              'start' as const,
              'end' as const,
              'end' as const,
              'tick' as const,
              'repeat' as const,
              ...more,
            ),
          }),
        },
      ),
    ),
    { minLength: 1, maxLength: 150 },
  );

const actions = script();
/** Runs are superseded and cancelled, too. */
const unruly = script('displace', 'displace');

/** One application with its pipeline: what the handlers do, without tables and clients. */
class World {
  state: RetrainingState = NEW_STATE;
  now = Date.parse('2026-03-02T00:00:00Z');
  readonly keys = new Set<string>();
  readonly underWay = new Map<string, Trigger>();
  readonly triggered: { readonly at: number; readonly trigger: Trigger }[] = [];
  readonly refused: Trigger[] = [];
  accepted = 0;
  mostAtOnce = 0;
  private last: (() => void) | undefined;
  private runs = 0;

  constructor(private readonly policy: RetrainingPolicy) {}

  play(minutes: number, action: Action): void {
    this.now += minutes * 60_000;
    const act = this.deed(action);
    act();
    this.last = act;
  }

  private deed(action: Action): () => void {
    switch (action.do) {
      case 'ask':
        return () => this.ask(action);
      case 'push':
        return () => this.push();
      case 'start':
        return () => this.start();
      case 'end':
        return () => this.end('Succeeded');
      case 'displace':
        return () => this.end('Superseded');
      case 'tick':
        return () => this.take(proceed(this.state, this.policy, this.time));
      case 'repeat':
        return this.last ?? (() => undefined);
    }
  }

  private get time(): string {
    return new Date(this.now).toISOString();
  }

  private take({ state, decisions }: RetrainingStep): void {
    this.state = state;
    for (const { decision, trigger } of decisions) if (decision === 'refused') this.refused.push(trigger);
  }

  private ask({ kind, key, forced }: Extract<Action, { do: 'ask' }>): void {
    const name = `${kind}/${key}`;
    if (this.keys.has(name)) return;
    this.keys.add(name);
    this.accepted += 1;
    const trigger = { kind, reason: name, at: this.time, key: name };
    this.take(ask(this.state, { trigger, ...(forced ? { forced } : {}) }, this.policy, this.time));
  }

  private push(): void {
    this.runs += 1;
    const trigger: Trigger = { kind: 'push', reason: 'push', at: this.time, key: `commit ${this.runs}` };
    this.underWay.set(`run ${this.runs}`, trigger);
    this.take(runStarted(this.state, { id: `run ${this.runs}`, trigger, startedAt: this.time }));
  }

  /** What was decided becomes an execution. Twice in a row it is the same one. */
  private start(): void {
    const { starting } = this.state;
    if (starting === undefined) return;
    this.runs += 1;
    const id = `run ${this.runs}`;
    this.underWay.set(id, starting.trigger);
    this.triggered.push({ at: Date.parse(starting.at), trigger: starting.trigger });
    const started = [...this.underWay.values()].filter(({ kind }) => kind !== 'push').length;
    this.mostAtOnce = Math.max(this.mostAtOnce, started);
    this.take(runStarted(this.state, { id, trigger: starting.trigger, startedAt: this.time }));
  }

  private end(outcome: 'Succeeded' | 'Superseded'): void {
    const [oldest] = this.underWay;
    if (oldest === undefined) return;
    const [id, trigger] = oldest;
    this.underWay.delete(id);
    this.take(runEnded(this.state, { id, trigger, startedAt: this.time, endedAt: this.time, outcome }));
    const answered = this.triggered.findLastIndex((one) => one.trigger === trigger);
    if (outcome === 'Superseded' && answered >= 0) this.triggered.splice(answered, 1);
    this.take(proceed(this.state, this.policy, this.time));
  }

  /** Requests that are known to have been answered, to wait or to have been refused. */
  get accounted(): number {
    const answered = this.triggered.reduce(
      (sum, { trigger }) => sum + [trigger, ...(trigger.also ?? [])].reduce((n, one) => n + requestsOf(one.reason), 0),
      0,
    );
    const { starting, waiting } = this.state;
    const deciding =
      starting === undefined
        ? 0
        : [starting.trigger, ...(starting.trigger.also ?? [])].reduce((n, one) => n + requestsOf(one.reason), 0);
    return answered + deciding + waiting.reduce((sum, { more }) => sum + 1 + more, 0) + this.refused.length;
  }
}

/** `webhook/3 (and 2 more)` are three. */
const requestsOf = (reason: string): number => 1 + Number(/\(and (\d+) more\)$/.exec(reason)?.[1] ?? 0);

const played = (policy: RetrainingPolicy, script: readonly (readonly [number, Action])[]): World => {
  const world = new World(policy);
  for (const [minutes, action] of script) world.play(minutes, action);
  return world;
};

const RUNS = { seed: 5, numRuns: 1500 } as const;

test('whatever happens in whichever order, triggers never have two runs at once', () => {
  fc.assert(
    fc.property(unruly, (script) => expect(played(POLICY, script).mostAtOnce).toBeLessThanOrEqual(1)),
    RUNS,
  );
});

test('in no 24 hours do triggers start more runs than allowed, and a cool-down passes between them', () => {
  fc.assert(
    fc.property(unruly, (script) => {
      const starts = played(POLICY, script).triggered.map(({ at }) => at);
      for (const [i, start] of starts.entries()) {
        expect(starts.filter((other) => other > start - DAY_MS && other <= start).length).toBeLessThanOrEqual(
          POLICY.maxRunsPerDay,
        );
        const before = starts[i - 1];
        if (before !== undefined) expect(start - before).toBeGreaterThanOrEqual(POLICY.coolDownHours * 3_600_000);
      }
    }),
    RUNS,
  );
});

test('of a run that was superseded, its kind of request waits, is being answered, or was answered by a later run', () => {
  fc.assert(
    fc.property(unruly, (script) => {
      const world = new World(POLICY);
      for (const [minutes, action] of script) {
        const [oldest] = world.underWay.values();
        world.play(minutes, action);
        if (action.do !== 'displace' || oldest === undefined || oldest.kind === 'push') continue;
        const { starting, waiting } = world.state;
        const asked = [...waiting.map(({ trigger }) => trigger), ...(starting === undefined ? [] : [starting.trigger])];
        const kinds = asked.flatMap(({ kind, also = [] }) => [kind, ...also.map((other) => other.kind)]);
        expect(kinds).toContain(oldest.kind);
      }
    }),
    { ...RUNS, numRuns: 500 },
  );
});

test('no request is lost: each is answered by a run, waits, or was refused', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const world = played(POLICY, script);
      expect(world.accounted).toBe(world.accepted);
    }),
    RUNS,
  );
});

test('when nothing else happens, everything that waits is answered', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const world = played(POLICY, script);
      for (let i = 0; i < 400; i += 1)
        world.play(15, { do: (['start', 'end', 'tick', 'tick'] as const)[i % 4] ?? 'tick' });
      expect([world.state.waiting, world.state.starting]).toEqual([[], undefined]);
      expect(world.accounted).toBe(world.accepted);
    }),
    { ...RUNS, numRuns: 300 },
  );
});

test('the same happenings always come to the same state', () => {
  fc.assert(
    fc.property(actions, (script) => expect(played(POLICY, script).state).toEqual(played(POLICY, script).state)),
    { ...RUNS, numRuns: 300 },
  );
});
