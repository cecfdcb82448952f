import fc from 'fast-check';
import { TRIGGER_KINDS, type Trigger } from '../../../lib/core/retraining/trigger';
import { isTrigger, parseTrigger, triggerText } from '../../../lib/core/retraining/trigger-text';

const PUSH = { commit: '0f3a', branch: 'main', at: '2026-03-01T00:00:00Z' };

const DRIFT: Trigger = {
  kind: 'drift',
  reason: 'PSI of "monthly_spend" is 0.41 (null 95 %: 0.03), see #drift \\ 100 %',
  at: '2026-03-01T06:00:00Z',
  key: 'churn-production/2026-03-01T06:00:00Z',
  by: 'arn:aws:sts::111122223333:assumed-role/x',
  report: 's3://monitoring/drift/churn-production/x.json',
  also: [{ kind: 'new-data', reason: 'new data landing/churn/a.csv, 12 bytes' }],
};

const text = (maxLength: number) => fc.string({ unit: 'binary', minLength: 1, maxLength });
const triggers: fc.Arbitrary<Trigger> = fc.record(
  {
    kind: fc.constantFrom(...TRIGGER_KINDS),
    reason: text(2000),
    at: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    key: text(1200),
    by: text(300),
    report: text(300),
    also: fc.array(fc.record({ kind: fc.constantFrom(...TRIGGER_KINDS), reason: text(400) }), { maxLength: 40 }),
  },
  { requiredKeys: ['kind', 'reason', 'at', 'key'] },
);

test('a trigger comes back as it was', () => {
  expect(parseTrigger(triggerText(DRIFT), PUSH)).toEqual(DRIFT);
});

test('any trigger fits into a variable, stays a trigger, and needs no escaping in the JSON of a build', () => {
  fc.assert(
    fc.property(triggers, (trigger) => {
      const value = triggerText(trigger);
      expect(value.length).toBeLessThanOrEqual(1000);
      const environment = `[{"name":"ASSAY_TRIGGER","value":"${value}"}]`;
      expect(JSON.parse(environment)).toEqual([{ name: 'ASSAY_TRIGGER', value }]);
      expect(value).not.toMatch(/[\r\n#]/);
      const read = parseTrigger(value, PUSH);
      expect([read.kind, read.at, isTrigger(read)]).toEqual([trigger.kind, trigger.at, true]);
      // A second time it is the same: what the pipeline has can be compared with what was decided.
      expect(triggerText(read)).toBe(value);
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('nothing in it ends a line: a variable is one', () => {
  const key = 'landing/a\u0085b\u2028c\u2029d.csv';
  const value = triggerText({ ...DRIFT, key });
  expect(value).not.toMatch(/[\u0080-\u009f\u2028\u2029]/);
  expect(parseTrigger(value, PUSH).key).toBe(key);
});

test('what is cut first are other requests, then the key, then the reason', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({
    kind: 'webhook' as const,
    reason: `monitor ${i} ${'x'.repeat(90)}`,
  }));
  const read = parseTrigger(triggerText({ ...DRIFT, also: many }), PUSH);
  expect(read).toMatchObject({ reason: DRIFT.reason, key: DRIFT.key, report: DRIFT.report });
  expect(read.also?.length).toBe(5);
  const long = parseTrigger(triggerText({ ...DRIFT, key: 'k'.repeat(1500), reason: 'r'.repeat(250) }), PUSH);
  expect(long.key).toMatch(/^k{199}…$/);
  expect(long.reason).toBe('r'.repeat(250));
});

test.each([undefined, '', 'push'])('%p is a push', (value) => {
  expect(parseTrigger(value, PUSH)).toEqual({ kind: 'push', reason: 'push to main', at: PUSH.at, key: '0f3a' });
});

test('a time or a key of any length is no trigger: it could never be told', () => {
  expect(isTrigger({ ...DRIFT, at: `2026-03-01 (${'x'.repeat(2000)})` })).toBe(false);
  expect(isTrigger({ ...DRIFT, key: 'k'.repeat(2501) })).toBe(false);
});

test.each([
  'because',
  '{%22kind%22:%22push%22}',
  triggerText(DRIFT).replace('drift', 'whim'),
  triggerText(DRIFT).replace('2026-03-01T06:00:00Z', 'soon'),
  '%E0%A4%A',
])('%p is refused with what it may be', (value) => {
  expect(() => parseTrigger(value, PUSH)).toThrow(
    /the pipeline's variable Trigger is ".*"; it is "push", or a trigger of one of the kinds push, schedule/,
  );
});
