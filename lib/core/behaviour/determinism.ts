import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';
import type { Answer } from './answers';

/** The same row asked twice. */
export interface Repeated {
  readonly key: string;
  readonly first: Answer;
  readonly second: Answer;
}

const SHOWN = 10;

/** The same row must get the same answer, whatever else is asked beside it. */
export function determinismCheck(pairs: readonly Repeated[], tolerance: number, id = 'behaviour.determinism'): Check {
  const problem = pairs.flatMap(({ key, first, second }) => {
    const found = [first, second].find((answer) => answer !== undefined && 'problem' in answer);
    return found !== undefined && 'problem' in found ? [`row ${key} has no answer: ${found.problem}`] : [];
  })[0];
  const compared = pairs.flatMap(({ key, first, second }) => {
    if (first === undefined || second === undefined || 'problem' in first || 'problem' in second) return [];
    return [{ key, first: first.scores, second: second.scores, difference: greatest(first.scores, second.scores) }];
  });
  const n = compared.length;
  const estimate = n === 0 ? null : Math.max(...compared.map(({ difference }) => difference));
  const differing = compared
    .filter(({ difference }) => !(difference <= tolerance))
    .sort((a, b) => b.difference - a.difference);
  const evidence = {
    statistic: 'max_abs_difference',
    estimate,
    method: 'same_row_twice',
    n,
    threshold: tolerance,
    worst: differing.slice(0, SHOWN),
  };
  if (problem !== undefined) return { id, verdict: 'fail', reason: problem, evidence };
  if (n === 0 || n < pairs.length) {
    return {
      id,
      verdict: 'inconclusive',
      reason: `${n} of ${plural(pairs.length, 'row')} that should be asked twice were`,
      evidence,
    };
  }
  const [worst] = differing;
  if (worst === undefined) {
    return { id, verdict: 'pass', reason: `${plural(n, 'row')} asked twice got the same answers`, evidence };
  }
  const reason = `${differing.length} of ${plural(n, 'row')} asked twice got different answers; row ${worst.key}: ${worst.first.map(formatNumber).join(', ')}, then ${worst.second.map(formatNumber).join(', ')} (${tolerance} is allowed)`;
  return { id, verdict: 'fail', reason, evidence };
}

/** Greatest absolute difference; infinite where the answers differ in kind. */
function greatest(first: readonly number[], second: readonly number[]): number {
  if (first.length !== second.length || first.length === 0) return Number.POSITIVE_INFINITY;
  const differences = first.map((score, i) => Math.abs(score - (second[i] ?? Number.NaN)));
  return differences.every(Number.isFinite) ? Math.max(...differences) : Number.POSITIVE_INFINITY;
}
