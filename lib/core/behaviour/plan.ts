import type { GoldenRow } from '../serving/sample';
import type { BehaviourConfig, BehaviourTest, ProbeRow } from './config';
import { type ColumnTypes, variantsOf } from './perturb';

/** A golden row as a probe: the row and its key as text. */
export interface Probe {
  readonly key: string;
  readonly row: ProbeRow;
}

/** One row of a test with its perturbed forms; without perturbations the row itself is judged. */
export interface Case extends Probe {
  readonly variants: readonly ProbeRow[];
}

export interface PlannedTest {
  readonly test: BehaviourTest;
  /** Golden rows that the condition chooses; the cases are a sample of them. */
  readonly matched: number;
  readonly cases: readonly Case[];
  /** Sampled rows that the perturbation leaves as they are; they are not judged. */
  readonly unchanged: number;
}

/** Everything that a model is asked, in a fixed order. The same rows, configuration and seed give the same plan. */
export interface BehaviourPlan {
  /** Rows that are asked twice. */
  readonly repeats: readonly Probe[];
  readonly tests: readonly PlannedTest[];
}

/** What the condition of a test chose. */
export interface Selection {
  readonly matched: number;
  readonly sample: readonly Probe[];
}

/** @param selections one for each test of the configuration, in order */
export function planBehaviour(
  config: BehaviourConfig,
  selections: readonly Selection[],
  repeats: readonly Probe[],
  types: ColumnTypes,
): BehaviourPlan {
  const tests = config.tests.map((test, i): PlannedTest => {
    const { matched, sample } = selections[i] ?? { matched: 0, sample: [] };
    const cases = sample.map(({ key, row }) => ({
      key,
      row,
      variants: variantsOf(row, key, test, config.seed, types),
    }));
    const judged = test.perturb.length === 0 ? cases : cases.filter(({ variants }) => variants.length > 0);
    return { test, matched, cases: judged, unchanged: cases.length - judged.length };
  });
  return { repeats, tests };
}

/**
 * Rows to be scored: the repeated rows, then the perturbed rows test by test and row by row.
 * Answers come back in this order (`answersInOrder`).
 */
export function probeRows(plan: BehaviourPlan): readonly ProbeRow[] {
  const perturbed = plan.tests.flatMap(({ cases }) => cases.flatMap(({ variants }) => variants));
  return [...plan.repeats.map(({ row }) => row), ...perturbed];
}

/** Golden rows whose answers the plan compares with, each once: what has to be asked too where no holdout was scored. */
export function baseRows(plan: BehaviourPlan): readonly Probe[] {
  const all: readonly Probe[] = [...plan.repeats, ...plan.tests.flatMap(({ cases }) => cases)];
  return [...new Map(all.map(({ key, row }) => [key, { key, row }])).values()];
}

/** Rows for an endpoint or a file: as GoldenRow, named by what they are. */
export function namedProbes(plan: BehaviourPlan): readonly GoldenRow[] {
  const perturbed = plan.tests.flatMap(({ test, cases }) =>
    cases.flatMap(({ key, variants }) => variants.map((row) => ({ key: `${key} (${test.name})`, row }))),
  );
  return [...plan.repeats.map(({ key, row }) => ({ key: `${key} (again)`, row })), ...perturbed];
}
