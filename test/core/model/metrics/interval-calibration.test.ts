import { CHEAP, COSTLY, expectCoverage, multiclass, ofTwo, type Setting, settings } from './coverage';

const SETTINGS: readonly Setting[] = [
  ...settings(['accuracy', 'precision', 'recall', 'f1', 'mcc', 'balanced_accuracy', 'cohen_kappa'], ofTwo, CHEAP),
  ...settings(['f1', 'mcc'], ofTwo, { ...CHEAP, method: 'bca' }),
  ...settings(['log_loss', 'brier', 'lift', 'pr_auc'], ofTwo, COSTLY),
  // Sixty rows a bin; of fifteen a bin BCa covers but 80 %.
  ...settings(['ece'], ofTwo, { ...COSTLY, rows: 600, simulations: 60, short: 0.03 }),
  ...settings(['f1_macro', 'precision_weighted', 'mcc'], multiclass, CHEAP),
  ...settings(['log_loss', 'brier', 'roc_auc_ovr'], multiclass, COSTLY),
];

test.each(SETTINGS)('$name, $method: the interval of $rows rows covers the truth in 95 % of cases', expectCoverage);
