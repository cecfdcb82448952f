import { formatNumber, plural } from '../report/format';
import type { Check } from '../report/report';
import type { LeakageConfig } from './config';
import type { FeatureArea } from './input';

/**
 * A hint, not a proof: a single feature that ranks the rows almost as the label does is often the label in disguise, known
 * only after the fact (S. Kaufman, S. Rosset and C. Perlich, "Leakage in data mining", KDD 2011, pp. 556–563).
 *
 * @param features absent where the features are not known
 */
export function checkLeakage(features: readonly FeatureArea[] | undefined, config: LeakageConfig): readonly Check[] {
  const id = 'sanity.leakage';
  if (config.verdict === 'off' || features === undefined) return [];
  const judged = features.filter(({ column }) => !config.ignore.includes(column));
  const ranked = judged.toSorted((a, b) => b.auc - a.auc);
  const [worst] = ranked;
  if (worst === undefined) return [];
  const suspects = ranked.filter(({ auc }) => auc > config.maxAuc);
  const evidence = {
    statistic: 'single_feature_roc_auc',
    estimate: worst.auc,
    threshold: config.maxAuc,
    max: config.maxAuc,
    features: ranked.slice(0, 10).map(({ column, auc }) => ({ column, auc })),
  };
  if (suspects.length === 0) {
    const reason = `no feature alone separates the label: the best of ${plural(judged.length, 'feature')}, ${worst.column}, has an ROC AUC of ${formatNumber(worst.auc)}`;
    return [{ id, verdict: 'pass', reason, evidence }];
  }
  const names = suspects.map(({ column, auc }) => `${column} (ROC AUC ${formatNumber(auc)})`).join(', ');
  const reason = `${names} alone ${suspects.length === 1 ? 'separates' : 'separate'} the label almost perfectly, which is rarely honest: is it known before the label is? If so, list it in model.sanity.leakage.ignore`;
  return [{ id, verdict: config.verdict, reason, evidence }];
}
