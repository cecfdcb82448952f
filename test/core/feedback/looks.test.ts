import { AT_REST, type Finding, levelOfLook, watch } from '../../../lib/core/feedback/looks';
import { simulate } from './simulation';

describe('looks at a release', () => {
  it('spend α together, however many there are', () => {
    const spent = Array.from({ length: 10_000 }, (_, i) => levelOfLook(0.05, i + 1)).reduce(
      (sum, level) => sum + level,
    );
    expect(spent).toBeLessThan(0.05);
    expect(spent).toBeGreaterThan(0.0499);
    expect(() => levelOfLook(0.05, 0)).toThrow(RangeError);
    expect(() => levelOfLook(1, 1)).toThrow(RangeError);
  });

  it.each([
    ['two in a row raise once', 2, 'breach breach breach', [1]],
    ['one that proves nothing starts the count again', 2, 'breach unproven breach breach', [3]],
    ['one that knows nothing leaves it', 2, 'breach unknown breach', [2]],
    ['only meeting the bound arms it again', 1, 'breach unproven breach met breach', [0, 4]],
    ['nothing raises nothing', 1, 'met unknown unproven', []],
  ] as const)('%s', (_, consecutive, findings, raised) => {
    let now = AT_REST;
    const at = findings.split(' ').flatMap((finding, i) => {
      const next = watch(now, finding as Finding, consecutive);
      now = next.watch;
      return next.raise ? [i] : [];
    });
    expect(at).toEqual(raised);
  });

  // Sizes: 200 releases of 30 daily looks each; a share of 5 % has a standard error of 1.5 points.
  it.each([
    ['roc_auc', 30],
    ['accuracy', 30],
    ['recall', 30],
  ] as const)(
    'raise an alarm for at most 5 %% of the releases that lie exactly at their floor: %s',
    (metric, perDay) => {
      const { once, twice, fixed } = simulate({ metric, perDay, prevalence: 0.3 }, 200, 20_261_121);
      expect(once).toBeLessThanOrEqual(0.05);
      expect(twice).toBeLessThanOrEqual(once);
      // The same looks at a fixed level of 2.5 % each: what is avoided.
      expect(fixed).toBeGreaterThan(0.05);
    },
  );

  it('find a release that is far below', () => {
    const { once, twice } = simulate({ metric: 'roc_auc', perDay: 60, prevalence: 0.3, beyond: 0.06 }, 60, 7);
    expect(once).toBeGreaterThan(0.95);
    expect(twice).toBeGreaterThan(0.9);
  });
});
