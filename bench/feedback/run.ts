/**
 * The table of docs/feedback.md: how often a release exactly at its floor raises an alarm in 30 daily looks.
 * `node --import tsx bench/feedback/run.ts [releases]`
 */
import type { MetricName } from '../../lib/core/model/metrics/index';
import { simulate } from '../../test/core/feedback/simulation';

const releases = Number(process.argv[2] ?? 1000);
const cases: readonly (readonly [MetricName, number, number])[] = [
  ['roc_auc', 20, 0.3],
  ['roc_auc', 100, 0.3],
  ['roc_auc', 100, 0.05],
  ['accuracy', 20, 0.3],
  ['accuracy', 100, 0.3],
  ['recall', 20, 0.3],
  ['recall', 100, 0.3],
  ['precision', 100, 0.3],
  ['f1', 20, 0.3],
];
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
for (const [metric, perDay, prevalence] of cases) {
  const { truth, once, twice, fixed } = simulate({ metric, perDay, prevalence }, releases, 20_261_121);
  process.stdout.write(
    `| ${metric} | ${truth.toFixed(4)} | ${perDay} | ${percent(prevalence)} | ${percent(once)} | ${percent(twice)} | ${percent(fixed)} |\n`,
  );
}
