import * as z from 'zod';
import { type Perturbation, slugOf, stepOf } from '../../core/behaviour';
import { didYouMean } from '../../core/nearest';

const column = z.string().min(1);
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const label = z.union([z.string(), z.number(), z.boolean()]);
const clip = { min: z.number().optional(), max: z.number().optional() };

const STEPS = ['set', 'scale', 'add', 'noise', 'swap', 'typo', 'missing'] as const;

/** One change of a row. Steps of a list are made one after the other. */
const perturbation = z
  .strictObject({
    /** The same value for every row. */
    set: z.strictObject({ column, value }).optional(),
    /** Times `by`; whole-number columns are rounded, min and max clip. */
    scale: z.strictObject({ column, by: z.number(), ...clip }).optional(),
    /** Plus `by`. */
    add: z.strictObject({ column, by: z.number(), ...clip }).optional(),
    /** Plus a seeded draw from a normal: standard deviation `sd`, or `share` of the value's size. */
    noise: z
      .strictObject({ column, sd: z.number().positive().optional(), share: z.number().positive().optional(), ...clip })
      .refine((noise) => (noise.sd === undefined) !== (noise.share === undefined), 'needs either sd or share')
      .optional(),
    /** Every other of `values` in turn, for rows that hold one of them; or exchanged with the column `with`. */
    swap: z
      .strictObject({ column, values: z.array(value).min(2).max(64).optional(), with: column.optional() })
      .refine((swap) => (swap.values === undefined) !== (swap.with === undefined), 'needs either values or with')
      .optional(),
    /** Seeded swaps of neighbouring characters. */
    typo: z.strictObject({ column, edits: z.number().int().min(1).max(20).default(1) }).optional(),
    /** No value. */
    missing: z.strictObject({ column }).optional(),
  })
  .refine(
    (step) => Object.values(step).filter((argument) => argument !== undefined).length === 1,
    `has exactly one of ${STEPS.join(', ')}`,
  );

const expectation = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  label: label.optional(),
  tolerance: z.number().min(0).optional(),
  decision: z.literal('same').optional(),
  direction: z.enum(['up', 'down']).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

/** What a test of each type may expect, and what it needs at least one of. */
const EXPECTED = {
  'minimum-functionality': { allowed: ['min', 'max', 'label'], needed: ['min', 'max', 'label'] },
  invariance: { allowed: ['tolerance', 'decision'], needed: ['tolerance', 'decision'] },
  directional: { allowed: ['direction', 'atLeast', 'atMost'], needed: ['direction'] },
} as const;

const behaviourTest = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ,.'_-]{0,79}$/u, "has letters, digits, spaces and ,.'_-, 80 at most"),
    type: z.enum(['minimum-functionality', 'invariance', 'directional']),
    /** A condition over the golden columns in DuckDB's SQL, e.g. `tenure_months < 6`. Absent: every row. */
    where: z.string().min(1).optional(),
    /** Rows that are tried, drawn by seed from those that the condition chooses. */
    sampleRows: z.number().int().min(1).max(100_000).default(200),
    /** Fewer rows are inconclusive. */
    minRows: z.number().int().min(1).default(20),
    perturb: z.array(perturbation).max(20).default([]),
    /** How often noise and typos are drawn for one row, which holds when all of them hold. */
    draws: z.number().int().min(1).max(64).default(1),
    expect: expectation,
    /** Multiclass: the class whose probability is the score. Absent: that of the decision. */
    class: label.optional(),
    /** Share of the rows that must hold. */
    minPassRate: z.number().gt(0).max(1).default(1),
    /** What must reach it: the share itself, or the lower bound of its interval. */
    decide: z.enum(['point', 'lower-bound']).default('point'),
  })
  .superRefine(fitsType);

interface TestInput {
  readonly type: keyof typeof EXPECTED;
  readonly expect: z.output<typeof expectation>;
  readonly perturb: readonly Perturbation[];
  readonly minPassRate: number;
  readonly decide: 'point' | 'lower-bound';
  readonly sampleRows: number;
  readonly minRows: number;
}

function fitsType(test: TestInput, context: z.RefinementCtx): void {
  const { allowed, needed } = EXPECTED[test.type];
  const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const named = Object.entries(test.expect).flatMap(([name, found]) => (found === undefined ? [] : [name]));
  for (const name of named) {
    if (!allowed.some((each) => each === name))
      issue(['expect', name], `belongs to no ${test.type} test, which expects ${allowed.join(', ')}`);
  }
  if (!needed.some((name) => named.includes(name)))
    issue(['expect'], `of a ${test.type} test needs ${needed.join(' or ')}`);
  if (test.type !== 'minimum-functionality' && test.perturb.length === 0)
    issue(['perturb'], `of a ${test.type} test needs at least one step`);
  const { min, max, atLeast = 0, atMost } = test.expect;
  if (min !== undefined && max !== undefined && min > max) issue(['expect', 'max'], 'is at least min');
  if (atMost !== undefined && atMost < atLeast) issue(['expect', 'atMost'], 'is at least atLeast');
  if (test.decide === 'lower-bound' && test.minPassRate === 1)
    issue(['minPassRate'], 'is below 1 where the lower bound decides: no number of rows proves all');
  if (test.sampleRows < test.minRows) issue(['sampleRows'], `is at least minRows (${test.minRows})`);
}

/** What the model does to rows that were chosen or changed on purpose. */
export const behaviourSchema = z
  .strictObject({
    /** Of samples, noise and typos. */
    seed: z.number().int().min(0).max(4_294_967_295).default(0),
    /** Of the intervals of pass shares. */
    confidence: z.number().gt(0.5).lt(1).default(0.95),
    /** Golden rows that are asked twice, and the greatest difference between the two answers. */
    determinism: z
      .strictObject({
        rows: z.number().int().min(0).max(10_000).default(20),
        tolerance: z.number().min(0).default(1e-9),
      })
      .prefault({}),
    tests: z.array(behaviourTest).max(200).default([]),
  })
  .superRefine(({ tests }, context) => {
    for (const [i, { name }] of tests.entries()) {
      const slug = slugOf(name);
      const taken = slug === 'determinism' || tests.slice(0, i).some((other) => slugOf(other.name) === slug);
      if (taken)
        context.addIssue({ code: 'custom', path: ['tests', i, 'name'], message: 'is the name of another check' });
    }
  });

type BehaviourGateConfig = z.output<typeof behaviourSchema>;

interface Declared {
  readonly dataset: {
    readonly task: string;
    readonly label: string;
    readonly columns: Readonly<Record<string, string>>;
  };
  readonly behaviour: BehaviourGateConfig;
}

/** Types that a step can change. */
const CHANGES: Partial<Record<keyof Perturbation, readonly string[]>> = {
  scale: ['integer', 'number'],
  add: ['integer', 'number'],
  noise: ['integer', 'number'],
  typo: ['string'],
};

/** Perturbed columns are features of the dataset, of a type that the step can change. */
export function behaviourFitsDataset({ dataset, behaviour }: Declared, context: z.RefinementCtx): void {
  const issue = (path: readonly (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path: ['behaviour', 'tests', ...path], message });
  for (const [i, { expect, perturb }] of behaviour.tests.entries()) {
    const decided = expect.label === undefined ? 'decision' : 'label';
    if (dataset.task === 'regression' && expect[decided] !== undefined) {
      issue([i, 'expect', decided], 'has no meaning for a regression, which decides nothing');
    }
    for (const [j, step] of perturb.entries()) {
      for (const { path, message } of stepProblems(step, dataset)) issue([i, 'perturb', j, ...path], message);
    }
  }
}

function stepProblems(
  step: Perturbation,
  { label: target, columns }: Declared['dataset'],
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const found = stepOf(step);
  if (found === undefined) return [];
  const features = Object.keys(columns).filter((name) => name !== target);
  const named = [
    ['column', found.column] as const,
    ...(step.swap?.with === undefined ? [] : [['with', step.swap.with] as const]),
  ];
  const unknown = named
    .filter(([, name]) => !features.includes(name))
    .map(([field, name]) => ({
      path: [found.kind, field],
      message: `names no feature of dataset.columns${didYouMean(name, features)}, which has ${features.join(', ')}`,
    }));
  const type = columns[found.column];
  const fit = CHANGES[found.kind];
  if (type === undefined || fit === undefined || fit.includes(type)) return unknown;
  return [
    ...unknown,
    { path: [found.kind, 'column'], message: `is a column of ${type}; ${found.kind} changes ${fit.join(' or ')}` },
  ];
}
