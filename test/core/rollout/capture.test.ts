import { captureOf, fleetOf, releaseInKey, rulesOf } from '../../../lib/core/rollout/capture';
import type { VariantRelease } from '../../../lib/core/rollout/rollback';

const RULES = { percent: 30, root: 's3://monitoring/capture' };
const behind = (name: 'blue' | 'green', version?: number): VariantRelease => ({
  variant: { name, modelName: `m-${version}`, instanceType: 'ml.m5.large', instanceCount: 1, weight: 1 },
  ...(version === undefined ? {} : { modelPackageArn: `arn:aws:sagemaker:eu-west-1:1:model-package/churn/${version}` }),
});

test('the destination tells the release of each variant', () => {
  expect(captureOf(RULES, [behind('green', 8), behind('blue', 7)]).destination).toBe(
    's3://monitoring/capture/blue=7/green=8',
  );
  expect(captureOf(RULES, [behind('green', 8)]).destination).toBe('s3://monitoring/capture/blue=none/green=8');
  expect(captureOf(RULES, [behind('blue')]).destination).toBe('s3://monitoring/capture/blue=none/green=none');
});

test('rules are read back from a destination, whoever else made it', () => {
  expect(rulesOf(captureOf(RULES, [behind('blue', 7)]))).toEqual(RULES);
  expect(rulesOf({ percent: 30, destination: 's3://elsewhere/by-hand' })).toBeUndefined();
  expect(rulesOf({ percent: 0, destination: 's3://m/capture/blue=1/green=none' })).toBeUndefined();
});

test('the release of a captured object is that of its variant', () => {
  const key = 'capture/blue=7/green=none/churn-production/blue/2026/01/02/03/f.jsonl';
  expect(releaseInKey(key, 'blue')).toBe('7');
  expect(releaseInKey(key, 'green')).toBeUndefined();
  expect(releaseInKey(key, 'AllTraffic')).toBeUndefined();
});

test('a configuration that captures is another one than one that does not, and than one of other releases', () => {
  const configName = (...content: readonly unknown[]) => JSON.stringify(content.filter((part) => part !== undefined));
  const name = (capture: typeof RULES | undefined, version: number) =>
    fleetOf({ configName, ...(capture && { capture }) }, [behind('blue', version)]).configName;
  expect(name(undefined, 7)).toBe(JSON.stringify([[behind('blue', 7).variant]]));
  expect(new Set([name(undefined, 7), name(RULES, 7), name({ ...RULES, percent: 31 }, 7)]).size).toBe(3);
  expect(fleetOf({ configName }, [behind('blue', 7)])).not.toHaveProperty('capture');
});
