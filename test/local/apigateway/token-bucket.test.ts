import { TokenBucket } from '../../../lib/local/apigateway/token-bucket';

test('a burst goes through at once, then the rate', () => {
  let now = 100;
  const bucket = new TokenBucket(2, 3, () => now);
  const taken = (times: number) => Array.from({ length: times }, () => bucket.take());
  expect(taken(4)).toEqual([true, true, true, false]);
  now += 0.4;
  expect(taken(1)).toEqual([false]);
  now += 0.1;
  expect(taken(2)).toEqual([true, false]);
  now += 3600;
  expect(taken(4)).toEqual([true, true, true, false]);
});
