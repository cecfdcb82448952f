import { EngineCalendar } from '../../../lib/local/engine/calendar';
import type { StateStore } from '../../../lib/local/engine/ports';
import { type Appointment, Timetable } from '../../../lib/local/scheduler/timetable';

const START = Date.UTC(2026, 10, 1);
const MINUTE = 60_000;

/** A state store in memory: what survives an engine here is the map. */
const store = (): StateStore => {
  const saved = new Map<string, string>();
  return {
    read: <T>(name: string) => (saved.has(name) ? (JSON.parse(String(saved.get(name))) as T) : undefined),
    write: (name, value) => void saved.set(name, JSON.stringify(value)),
  };
};

const every = (minutes: number, keep: (at: Date) => void | Promise<void>): Appointment => ({
  next: (after) =>
    new Date(START + (Math.floor((after.getTime() - START) / (minutes * MINUTE)) + 1) * minutes * MINUTE),
  keep: async (at) => keep(at),
});

function bench(state = store(), real = START) {
  const calendar = new EngineCalendar(state, () => real);
  const lines: string[] = [];
  const timetable = new Timetable({ calendar, log: (line) => lines.push(line) });
  return { state, calendar, timetable, lines, pass: (ms: number) => (real += ms) };
}

const minutes = (at: Date) => (at.getTime() - START) / MINUTE;
const nothing = async () => undefined;

test('an advance keeps what falls due in order, and stands still until what it led to has ended', async () => {
  const { calendar, timetable, pass } = bench();
  const seen: string[] = [];
  const note = (name: string) => (at: Date) => void seen.push(`${name}@${minutes(at)} at ${minutes(calendar.now())}`);
  timetable.put('a', every(10, note('a')), calendar.now());
  timetable.put('b', every(15, note('b')), calendar.now());
  await timetable.advance(30 * MINUTE, async () => {
    pass(2 * MINUTE);
    seen.push('settled');
  });
  expect(seen).toEqual([
    ...['a@10 at 10', 'settled', 'b@15 at 15', 'settled', 'a@20 at 20', 'settled'],
    ...['a@30 at 30', 'settled', 'b@30 at 30', 'settled'],
  ]);
  expect(minutes(calendar.now())).toBe(30);
  pass(MINUTE);
  expect(minutes(calendar.now())).toBe(31);
});

test('a second advance waits for the first; one that fails is told and logged', async () => {
  const { calendar, timetable, lines } = bench();
  const kept: number[] = [];
  const broken = every(20, () => Promise.reject(new Error('no such function')));
  timetable.put(
    'a',
    every(10, (at) => void kept.push(minutes(at))),
    calendar.now(),
  );
  timetable.put('broken', broken, calendar.now());
  await Promise.all([timetable.advance(10 * MINUTE, nothing), timetable.advance(10 * MINUTE, nothing)]);
  expect(kept).toEqual([10, 20]);
  expect(lines).toEqual(['broken at 2026-11-01T00:20:00.000Z: Error: no such function']);
  await expect(timetable.advance(-1, nothing)).rejects.toThrow('0 milliseconds or more; found -1');
  await expect(timetable.advance(Number.NaN, nothing)).rejects.toThrow('found NaN');
});

test('by itself it keeps what is due, once, also after a put and after an advance; closed it keeps nothing', async () => {
  const kept: string[] = [];
  const calendar = new EngineCalendar(store());
  const timetable = new Timetable({ calendar, log: () => undefined });
  const first = Date.now() + 50;
  const once = (name: string, at: number): Appointment => ({
    next: (after) => (after.getTime() < at ? new Date(at) : undefined),
    keep: async () => void kept.push(name),
  });
  timetable.put('early', once('early', first), new Date(first - 1000));
  timetable.start();
  timetable.put('later', once('later', first + 3_600_000), calendar.now());
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(kept).toEqual(['early']);
  await timetable.advance(3_600_000, nothing);
  expect(kept).toEqual(['early', 'later']);
  timetable.put('soon', once('soon', calendar.now().getTime() + 30), calendar.now());
  timetable.close();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(kept).toEqual(['early', 'later']);
});

test('what is due when it starts is under way at once', () => {
  const { calendar, timetable } = bench();
  timetable.put('a', every(10, nothing), new Date(START - MINUTE));
  expect(calendar.now()).toEqual(timetable.due('a'));
  timetable.start();
  expect(timetable.underway()).toHaveLength(1);
  timetable.close();
});

test('the calendar never runs backwards: not when a clock is set back, not from engine to engine', async () => {
  const one = bench();
  one.pass(5 * MINUTE);
  await one.timetable.advance(60 * MINUTE, nothing);
  expect(minutes(one.calendar.now())).toBe(65);
  one.pass(-10 * MINUTE);
  expect(minutes(one.calendar.now())).toBe(65);
  one.timetable.close();
  const two = bench(one.state, START - 5 * MINUTE);
  expect(minutes(two.calendar.now())).toBe(65);
  two.pass(MINUTE);
  expect(minutes(two.calendar.now())).toBe(66);
});

test('an advance that takes longer than it advances does not hold the calendar back', async () => {
  const { calendar, timetable, pass } = bench();
  timetable.put(
    'slow',
    every(1, () => void pass(30 * MINUTE)),
    calendar.now(),
  );
  await timetable.advance(MINUTE, nothing);
  expect(minutes(calendar.now())).toBe(30);
});
