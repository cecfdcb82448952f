import { acceptedKeys, secretKey } from '../../../lib/core/webhook';

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

test('a secret is 24 to 64 bytes of base64, with or without its prefix', () => {
  expect(secretKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  for (const bytes of [24, 25, 26, 64]) expect(secretKey(`${base64(bytes)}\n`)).toBe(base64(bytes));
  for (const bytes of [0, 23, 65]) expect(secretKey(base64(bytes))).toBeUndefined();
  for (const text of ['whsec_', 'not a secret at all, but long enough for one', `${base64(30)}!`, 'a'.repeat(41)]) {
    expect(secretKey(text)).toBeUndefined();
  }
});

describe('after a rotation', () => {
  const [current, previous] = [base64(32), base64(33)];
  const since = Date.UTC(2026, 0, 1);
  const hours = (count: number) => since + count * 3_600_000;

  test('the previous secret is accepted for a day', () => {
    const secrets = { current, previous, currentSince: since };
    expect(acceptedKeys(secrets, hours(23.9), 24)).toEqual([current, previous]);
    expect(acceptedKeys(secrets, hours(24), 24)).toEqual([current]);
    expect(acceptedKeys(secrets, hours(0.5), 0)).toEqual([current]);
    expect(acceptedKeys(secrets, Number.NaN, 24)).toEqual([current]);
  });

  test('what is no key is never accepted, and an empty one least of all', () => {
    expect(acceptedKeys({ current: '', currentSince: since, previous: 'whsec_' }, hours(1), 24)).toEqual([]);
  });
});
