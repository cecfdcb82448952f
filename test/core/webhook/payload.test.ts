import { readPayload, webhookTrigger } from '../../../lib/core/webhook';

const PAYLOAD = { source: 'grafana', metric: 'psi', value: 0.41, features: ['monthly_spend'] };
const read = (changed: object) => readPayload(JSON.stringify({ ...PAYLOAD, ...changed }));

test('a payload is read; features may be left out', () => {
  expect(read({})).toEqual(PAYLOAD);
  expect(read({ features: undefined, value: -0.5 })).toEqual({ ...PAYLOAD, features: [], value: -0.5 });
});

test.each([
  ['{', 'the body is not JSON: '],
  ['', 'the body is not JSON: '],
  ['[]', 'the body is an object with source, metric, value, features; found a list'],
  ['null', 'found null'],
  ['"text"', 'found "text"'],
  ['{"source":"s","metric":"m","value":1e999}', 'value: is a finite number; found Infinity'],
])('%s is invalid', (text, problem) => {
  expect(readPayload(text)).toEqual({ invalid: expect.stringContaining(problem) });
});

test.each([
  [{ source: undefined }, 'source: is a text of 1 to 128 characters without line breaks; found nothing'],
  [{ source: ' ' }, 'source: '],
  [{ metric: 7 }, 'metric: is a text of 1 to 128 characters without line breaks; found 7'],
  [{ metric: 'a\nb' }, 'found "a\\nb"'],
  [{ metric: 'x'.repeat(129) }, 'metric: '],
  [{ source: 'a\u202eb' }, 'source: '],
  [{ value: '0.4' }, 'value: is a finite number; found "0.4"'],
  [{ value: null }, 'value: is a finite number; found null'],
  [{ features: 'a' }, 'features: is a list of 100 names at most; found "a"'],
  [{ features: null }, 'features: is a list of 100 names at most; found null'],
  [{ features: Array(101).fill('a') }, 'features: is a list of 100 names at most; found 101'],
  [{ features: ['a', 1] }, 'features[1]: '],
  [{ featurs: [] }, 'unknown member "featurs" (did you mean "features"?)'],
])('%j is told', (changed, problem) => {
  expect(read(changed)).toEqual({ invalid: expect.stringContaining(problem) });
});

test('everything that is wrong is told in one line', () => {
  expect(read({ source: 1, value: 'x', featurs: 1 })).toEqual({
    invalid: expect.stringMatching(/^unknown member .*; source: .*; value: [^\n]*$/),
  });
});

test('of many problems the first are told, and long names are cut', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${'x'.repeat(500)}${index}`, 1]));
  const { invalid } = read(many) as { invalid: string };
  expect(invalid).toMatch(/^unknown member "x{40}…"; .*; and 20 more$/);
  expect(invalid.length).toBeLessThan(1000);
});

test('a delivery asks for a run: why, by whom, and under which key', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  expect(webhookTrigger({ id: 'msg_1', payload: PAYLOAD, at })).toEqual({
    kind: 'webhook',
    reason: 'grafana: psi is 0.41 (monthly_spend)',
    at: '2026-01-02T03:04:05.000Z',
    key: 'webhook:msg_1',
    by: 'grafana',
  });
  const many = { ...PAYLOAD, features: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] };
  expect(webhookTrigger({ id: 'm', payload: many, at, caller: 'arn:aws:iam::1:user/x' })).toMatchObject({
    reason: 'grafana: psi is 0.41 (a, b, c, d, e and 2 more)',
    by: 'arn:aws:iam::1:user/x',
  });
  expect(webhookTrigger({ id: 'm', payload: { ...PAYLOAD, features: [] }, at }).reason).toBe('grafana: psi is 0.41');
});
