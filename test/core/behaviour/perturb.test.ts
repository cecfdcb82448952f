import fc from 'fast-check';
import type { Perturbation, ProbeRow } from '../../../lib/core/behaviour';
import { hashText, variantsOf } from '../../../lib/core/behaviour/perturb';

const types = { id: 'string', plan: 'string', calls: 'integer', spend: 'number', other: 'number' } as const;
const row: ProbeRow = { id: 'C-1', plan: 'annual', calls: 3, spend: 10.5, other: -2 };
const variants = (perturb: readonly Perturbation[], from: ProbeRow = row, draws = 1, seed = 1) =>
  variantsOf(from, 'C-1', { name: 't', perturb, draws }, seed, types);

test.each<[string, Perturbation, Partial<ProbeRow>[]]>([
  ['set', { set: { column: 'plan', value: 'monthly' } }, [{ plan: 'monthly' }]],
  ['set to what it is changes nothing', { set: { column: 'plan', value: 'annual' } }, []],
  ['scale', { scale: { column: 'spend', by: 2 } }, [{ spend: 21 }]],
  ['scale of whole numbers is rounded', { scale: { column: 'calls', by: 1.5 } }, [{ calls: 5 }]],
  ['scale by −0 gives a 0 that JSON has', { scale: { column: 'other', by: 0 } }, [{ other: 0 }]],
  ['scale is clipped', { scale: { column: 'spend', by: 10, max: 50 } }, [{ spend: 50 }]],
  ['add', { add: { column: 'calls', by: 2 } }, [{ calls: 5 }]],
  ['add is clipped below', { add: { column: 'calls', by: -9, min: 0 } }, [{ calls: 0 }]],
  ['missing', { missing: { column: 'spend' } }, [{ spend: null }]],
  [
    'swap gives every other value of the list',
    { swap: { column: 'plan', values: ['monthly', 'annual', 'multi-year'] } },
    [{ plan: 'monthly' }, { plan: 'multi-year' }],
  ],
  ['swap leaves rows with another value', { swap: { column: 'plan', values: ['a', 'b'] } }, []],
  ['swap of two columns', { swap: { column: 'spend', with: 'other' } }, [{ spend: -2, other: 10.5 }]],
])('%s', (_, step, changes) => {
  expect(variants([step])).toEqual(changes.map((change) => ({ ...row, ...change })));
});

test('steps are made one after the other, and swapped lists multiply', () => {
  const both = variants([
    { swap: { column: 'plan', values: ['monthly', 'annual', 'multi-year'] } },
    { add: { column: 'calls', by: 1 } },
    { swap: { column: 'calls', values: [4, 7] } },
  ]);
  expect(both.map(({ plan, calls }) => `${plan} ${calls}`)).toEqual(['monthly 7', 'multi-year 7']);
});

test('a null stays null under numbers and typos', () => {
  const empty = { ...row, spend: null, plan: null };
  expect(variants([{ scale: { column: 'spend', by: 2 } }], empty)).toEqual([]);
  expect(variants([{ noise: { column: 'spend', sd: 1 } }], empty)).toEqual([]);
  expect(variants([{ typo: { column: 'plan', edits: 1 } }], empty)).toEqual([]);
});

test('a typo swaps two neighbours that differ', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 2, maxLength: 12 }), fc.nat(), (plan, seed) => {
      const [typed] = variants([{ typo: { column: 'plan', edits: 1 } }], { ...row, plan }, 1, seed);
      if (new Set(plan).size === 1) return expect(typed).toBeUndefined();
      const text = String(typed?.plan);
      const places = [...plan].flatMap((letter, i) => (letter === text[i] ? [] : [i]));
      expect(places).toHaveLength(2);
      expect(places[1]).toBe((places[0] ?? 0) + 1);
      return expect([...text].sort()).toEqual([...plan].sort());
    }),
  );
});

test('noise has the standard deviation that is asked for, around the value', () => {
  const draw = (noise: Perturbation['noise'], seed: number) => Number(variants([{ noise }], row, 1, seed)[0]?.spend);
  for (const [noise, sd] of [
    [{ column: 'spend', sd: 2 }, 2],
    [{ column: 'spend', share: 0.1 }, 1.05],
  ] as const) {
    const drawn = Array.from({ length: 2000 }, (_, seed) => draw(noise, seed) - 10.5);
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const found = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (drawn.length - 1));
    // Five standard errors of mean and standard deviation.
    expect(Math.abs(mean)).toBeLessThan((5 * sd) / Math.sqrt(2000));
    expect(Math.abs(found / sd - 1)).toBeLessThan(5 / Math.sqrt(2 * 2000));
  }
});

test('the same seed, test and row draw the same; another of them does not', () => {
  const noise: readonly Perturbation[] = [{ noise: { column: 'spend', sd: 1 } }];
  const draw = (name: string, key: string, seed: number) =>
    variantsOf(row, key, { name, perturb: noise, draws: 3 }, seed, types);
  expect(draw('a', 'k', 1)).toEqual(draw('a', 'k', 1));
  expect(draw('a', 'k', 1)).toHaveLength(3);
  const different = [draw('a', 'k', 1), draw('b', 'k', 1), draw('a', 'l', 1), draw('a', 'k', 2)];
  expect(new Set(different.map((drawn) => JSON.stringify(drawn))).size).toBe(4);
});

test('the hash is FNV-1a', () => {
  // Published test vectors of the draft: "", "a", "foobar".
  expect([hashText(''), hashText('a'), hashText('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});
