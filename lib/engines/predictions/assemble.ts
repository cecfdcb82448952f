import type { Group, Labels, ModelColumns } from '../../core/model/columns';
import { TableError } from '../table-error';
import type { Golden } from './golden';
import type { Values } from './stream';

/**
 * Columns as the judge takes them.
 *
 * @param values what `goldenColumns` asked for
 * @param champion empty if there is none to compare with
 * @throws TableError for a weight that is no number or below 0
 */
export function judgedColumns(
  golden: Golden,
  values: readonly Values[],
  challenger: readonly Float64Array[],
  champion: readonly Float64Array[],
): ModelColumns {
  const [labels, ...others] = values;
  const groups = golden.groups.map(({ name, names }, index): Group => {
    return { name, names, codes: others[index] as Uint16Array };
  });
  const rest = others.slice(groups.length);
  const weights = golden.weights === undefined ? undefined : (rest.shift() as Float64Array);
  const clusters = golden.clusters === undefined ? undefined : (rest.shift() as Int32Array);
  if (weights !== undefined) checkWeights(golden.name, weights);
  return {
    rows: labels?.length ?? 0,
    labels: labels as Labels,
    ...(golden.classes === undefined ? {} : { classes: golden.classes }),
    ...(weights === undefined ? {} : { weights }),
    ...(clusters === undefined ? {} : { clusters: withoutGaps(clusters) }),
    challenger: { columns: challenger },
    ...(champion.length === 0 ? {} : { champion: { columns: champion } }),
    groups,
  };
}

function checkWeights(table: string, weights: Float64Array): void {
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong < 0) return;
  const found = Number.isNaN(weights[wrong]) ? 'no number' : `${weights[wrong]}`;
  throw new TableError(`${table}: row ${wrong + 1} has ${found} as its weight; 0 or more is allowed`);
}

/** Numbers in the order of their first rows. */
function withoutGaps(codes: Int32Array): Int32Array {
  const numbers = new Int32Array(codes.reduce((most, code) => Math.max(most, code), -1) + 1).fill(-1);
  let next = 0;
  return codes.map((code) => {
    const known = numbers[code] as number;
    if (known >= 0) return known;
    numbers[code] = next;
    next += 1;
    return next - 1;
  });
}
