import { ConditionError } from '../data/conditions/tokens';
import { cellOf, type ReadCondition, readCondition } from './condition';
import type { QualityGates } from './settings';

/** Name under which a joined row keeps what a slice's condition said of it. */
export const conditionColumn = (where: string): string => `where ${where}`;

/** Reads what is kept of a captured request beside its answer. */
export type Keep = (features: Readonly<Record<string, unknown>>) => Readonly<Record<string, string | null>>;

/** Values of the columns that slices and clusters look at, and what the slices' conditions say; as text. */
export function keepColumns({ dataset, model }: QualityGates): Keep {
  const sliced = model.slices.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const columns = [...new Set([...sliced, ...(model.clusters === undefined ? [] : [model.clusters])])];
  const conditions = model.slices.flatMap(({ where }) => {
    const read = where === undefined ? undefined : conditionOf(where, dataset.columns);
    return where === undefined || read === undefined || 'problem' in read ? [] : [{ where, test: read.test }];
  });
  return (features) =>
    Object.fromEntries([
      ...columns.map((name) => [name, textOf(cellOf(features[name], dataset.columns[name] ?? 'string'))] as const),
      ...conditions.map(({ where, test }) => [conditionColumn(where), textOf(test(features))] as const),
    ]);
}

const textOf = (value: string | number | boolean | null): string | null => (value === null ? null : String(value));

/** A condition that can be asked of single requests, or why it cannot. */
export function conditionOf(
  where: string,
  types: QualityGates['dataset']['columns'],
): ReadCondition | { readonly problem: string } {
  try {
    return readCondition(where, types);
  } catch (error) {
    if (error instanceof ConditionError) return { problem: error.message };
    throw error;
  }
}
