import type { Average, MetricDefinition, MetricName } from './definition';

interface Family {
  readonly metric: 'precision' | 'recall' | 'f1';
  readonly title: string;
  readonly ratio: string;
  readonly undefinedWhen: string;
}

const FAMILIES: readonly Family[] = [
  {
    metric: 'precision',
    title: 'precision',
    ratio: 'TP_c / (TP_c + FP_c)',
    undefinedWhen: 'a class that has rows is never predicted; scikit-learn warns and counts it as 0',
  },
  {
    metric: 'recall',
    title: 'recall',
    ratio: 'TP_c / (TP_c + FN_c)',
    undefinedWhen: 'a class that is predicted has no row (macro); scikit-learn warns and counts it as 0',
  },
  {
    metric: 'f1',
    title: 'F1',
    ratio: '2·TP_c / (2·TP_c + FP_c + FN_c)',
    undefinedWhen: 'there are no rows',
  },
];

const AVERAGES: Readonly<Record<Average, { readonly summary: string; formula(ratio: string): string }>> = {
  macro: {
    summary: 'mean over the classes that are labelled or predicted, each counting the same',
    formula: (ratio) => `(1/C)·Σ_c ${ratio}`,
  },
  weighted: {
    summary: 'mean over the classes, each counting by its labelled rows',
    formula: (ratio) => `Σ_c n_c·${ratio} / Σ_c n_c`,
  },
  micro: {
    summary: 'from the counts of all classes together, which is the accuracy',
    formula: (ratio) => `${ratio.replaceAll(/(TP|FP|FN)_c/g, 'Σ_c $1_c')} = accuracy`,
  },
};

const averaged = (family: Family, average: Average): MetricDefinition => ({
  name: `${family.metric}_${average}` satisfies MetricName,
  title: `${average} ${family.title}`,
  tasks: ['multiclass'],
  better: 'higher',
  range: [0, 1],
  summary: `${family.title} of several classes: ${AVERAGES[average].summary}.`,
  formula: AVERAGES[average].formula(family.ratio),
  source: `scikit-learn 1.7, ${family.metric}_score(average='${average}')`,
  undefinedWhen: average === 'micro' ? 'there are no rows' : family.undefinedWhen,
  interval: average === 'micro' ? 'wilson' : 'bootstrap',
  parameters: [],
  fixed: { metric: family.metric, average },
});

/** The averaged forms under scikit-learn's scorer names, so that one configuration can ask for several of them. */
export const AVERAGED_METRICS: readonly MetricDefinition[] = [
  ...FAMILIES.flatMap((family) =>
    (['macro', 'weighted', 'micro'] as const).map((average) => averaged(family, average)),
  ),
  ...(['macro', 'weighted'] as const).map(
    (average): MetricDefinition => ({
      name: average === 'macro' ? 'roc_auc_ovr' : 'roc_auc_ovr_weighted',
      title: average === 'macro' ? 'one-vs-rest ROC AUC' : 'weighted one-vs-rest ROC AUC',
      tasks: ['multiclass'],
      better: 'higher',
      range: [0, 1],
      summary: `ROC AUC of each class against the rest: ${AVERAGES[average].summary}.`,
      formula: AVERAGES[average].formula('AUC_c'),
      source: `scikit-learn 1.7, roc_auc_score(multi_class='ovr', average='${average}')`,
      undefinedWhen: 'a class has no row (scikit-learn refuses or returns NaN)',
      interval: 'bootstrap',
      parameters: [],
      fixed: { metric: 'roc_auc', average },
    }),
  ),
];
