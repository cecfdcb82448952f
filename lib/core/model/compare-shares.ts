import { type Discordant, mcNemar, pairedProportionsError, tangoInterval } from '../statistics';
import type { CompareOptions, Comparison } from './compare';
import { type Judged, metricInput } from './estimates';
import { isUndefined, type Undefined } from './metrics/index';
import { rowsOf } from './metrics/input';
import { prepare } from './metrics/prepare';
import { evaluate, type Prepared } from './metrics/prepared';

/**
 * Compares accuracies by the rows that one model gets right and the other wrong: Tango's score interval of the paired
 * difference, and McNemar's mid-p test of equality.
 */
export function compareShares(
  judged: Judged,
  { confidence, test }: CompareOptions,
  chosen: Uint32Array | undefined,
): Comparison | Undefined {
  const { challenger, champion = challenger } = judged.columns;
  const [own, other] = [challenger, champion].map((model) => {
    const rows = rowsOf('accuracy', metricInput(judged, model, chosen));
    return { rows, prepared: prepare('accuracy', rows) };
  });
  if (own === undefined || other === undefined) return { undefined: 'there is no champion' };
  const [ownShare, otherShare] = [own, other].map(({ rows, prepared }) => evaluate(prepared, rows.weights));
  if (ownShare === undefined || isUndefined(ownShare)) return ownShare ?? { undefined: 'there are no rows' };
  if (otherShare === undefined || isUndefined(otherShare)) return otherShare ?? { undefined: 'there are no rows' };
  const { n } = own.rows;
  const counts = discordant(own.prepared, other.prepared, n);
  return {
    improvement: (counts.onlyFirst - counts.onlySecond) / n,
    interval: tangoInterval({ ...counts, n }, confidence),
    pValue: mcNemar(counts).midP,
    error: pairedProportionsError(counts.onlyFirst + counts.onlySecond, n),
    method: test === 'mcnemar' ? 'mcnemar_mid_p' : 'tango',
    n,
    challenger: ownShare.value,
    champion: otherShare.value,
  };
}

/** Rows that only the challenger gets right, and that only the champion does. */
function discordant(own: Prepared, other: Prepared, n: number): Discordant {
  let [onlyFirst, onlySecond] = [0, 0];
  if (own.kind !== 'counted' || other.kind !== 'counted') return { onlyFirst, onlySecond };
  // A cell is label · classes + predicted class: the right ones are multiples of classes + 1.
  const step = own.classes + 1;
  const [cells, others] = [own.cells(), other.cells()];
  for (let row = 0; row < n; row += 1) {
    const [right, otherRight] = [(cells[row] as number) % step === 0, (others[row] as number) % step === 0];
    if (right && !otherRight) onlyFirst += 1;
    if (!right && otherRight) onlySecond += 1;
  }
  return { onlyFirst, onlySecond };
}
