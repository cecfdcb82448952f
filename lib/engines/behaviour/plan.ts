import type { Gates } from '../../config/gates';
import {
  type BehaviourPlan,
  type Decisions,
  type Probe,
  type ProbeRow,
  planBehaviour,
  type Selection,
} from '../../core/behaviour';
import { hashText } from '../../core/behaviour/perturb';
import { keyOf } from '../../core/serving/sample';
import { HoldoutConditions, type HoldoutFile } from './select';

/** What a model is asked, and how its answers are read. */
export interface PreparedBehaviour {
  readonly plan: BehaviourPlan;
  readonly decisions: Decisions;
}

/**
 * Chooses and perturbs the rows of every behavioural test. The same holdout and gates give the same plan on every machine.
 *
 * @param lines the holdout as batch transform reads it: a JSON object a line, without the label, in the file's order
 * @throws ConfigurationError when a condition is no SQL over the golden columns
 */
export async function prepareBehaviour(
  gates: Pick<Gates, 'behaviour' | 'dataset' | 'model'>,
  holdout: HoldoutFile,
  lines: readonly string[],
): Promise<PreparedBehaviour> {
  const { behaviour, dataset } = gates;
  const conditions = new HoldoutConditions(holdout, dataset);
  const probeAt = (index: number): Probe => {
    const row = JSON.parse(lines[index] ?? '{}') as ProbeRow;
    return { key: keyOf(row[dataset.key], dataset.key, index), row };
  };
  const all = lines.map((_, i) => i);
  const draw = (from: readonly number[], count: number, salt: string): readonly Probe[] =>
    sample(lines, from, count, `${behaviour.seed}\n${salt}\n`).map(probeAt);
  try {
    const selections: Selection[] = [];
    for (const { name, where, sampleRows } of behaviour.tests) {
      const chosen = where === undefined ? all : await conditions.rowsWhere(where, `behaviour test "${name}"`);
      selections.push({ matched: chosen.length, sample: draw(chosen, sampleRows, name) });
    }
    const repeats = draw(all, behaviour.determinism.rows, 'determinism');
    const plan = planBehaviour(behaviour, selections, repeats, dataset.columns);
    return { plan, decisions: await decisionsOf(gates, conditions) };
  } finally {
    conditions.close();
  }
}

/** The rows with the smallest hashes, in the file's order: rows that come or go elsewhere do not change the choice. */
function sample(lines: readonly string[], from: readonly number[], count: number, salt: string): readonly number[] {
  if (from.length <= count) return from;
  const hashed = from.map((index) => ({ index, hash: hashText(`${salt}${lines[index]}`) }));
  hashed.sort((a, b) => a.hash - b.hash || a.index - b.index);
  return hashed
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

async function decisionsOf(
  { dataset, model, behaviour }: Pick<Gates, 'behaviour' | 'dataset' | 'model'>,
  conditions: HoldoutConditions,
): Promise<Decisions> {
  const { task, threshold } = { task: dataset.task, threshold: model.threshold };
  if (task === 'regression') return { task, threshold, classes: [] };
  if (task === 'multiclass') {
    return { task, threshold, classes: dataset.classes?.map(String) ?? (await conditions.classes()) };
  }
  const positive = String(dataset.positive);
  const expected = behaviour.tests.flatMap(({ expect }) => (expect.label === undefined ? [] : [String(expect.label)]));
  return { task, threshold, classes: [expected.find((label) => label !== positive) ?? `not ${positive}`, positive] };
}
