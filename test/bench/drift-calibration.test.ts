import { POPULATIONS } from '../../bench/drift/populations';
import { type Alarms, type Cell, simulate } from '../../bench/drift/simulate';

/** 0.5 % is the nominal share of false alarms; 1 % is promised. 600 checks have a standard error of 0.29 %. */
function checks(name: string, more: Partial<Cell>): Alarms {
  const population = POPULATIONS.find((each) => each.name === name);
  if (population === undefined) throw new Error(name);
  return simulate({ population, baseline: 5000, rows: 100, psi: 0, checks: 600, ...more });
}

test('at most 1 % false alarms, which the threshold alone would not keep', () => {
  const { alarms, above, checks: made } = checks('10 categories', {});
  expect(alarms / made).toBeLessThanOrEqual(0.012);
  expect(above / made).toBeGreaterThan(0.02);
});

test('drift beyond the threshold is found, less is none', () => {
  const beyond = checks('10 categories', { psi: 0.5, rows: 1000, checks: 100 });
  expect(beyond.alarms).toBe(beyond.checks);
  expect(checks('10 categories', { psi: 0.1, rows: 10_000, checks: 100 }).alarms).toBe(0);
});

test('the same cell gives the same figures', () => {
  expect(checks('3 categories', { checks: 100 })).toEqual(checks('3 categories', { checks: 100 }));
});
