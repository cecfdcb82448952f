import type { MetricDefinition } from './definition';

const SKLEARN = 'scikit-learn 1.7';
const INFINITY = Number.POSITIVE_INFINITY;

const regression = (definition: Omit<MetricDefinition, 'tasks' | 'interval'>): MetricDefinition => ({
  ...definition,
  tasks: ['regression'],
  interval: 'bootstrap',
});

/** Metrics of predicted numbers. */
export const VALUE_METRICS: readonly MetricDefinition[] = [
  regression({
    name: 'mae',
    title: 'mean absolute error',
    better: 'lower',
    range: [0, INFINITY],
    summary: 'Mean distance of prediction and label, in units of the label.',
    formula: 'Σw·|y − ŷ| / Σw',
    source: `${SKLEARN}, mean_absolute_error`,
    undefinedWhen: 'there are no rows',
    parameters: [],
  }),
  regression({
    name: 'rmse',
    title: 'root mean squared error',
    better: 'lower',
    range: [0, INFINITY],
    summary: 'Root of the mean squared distance of prediction and label, in units of the label.',
    formula: '√(Σw·(y − ŷ)² / Σw)',
    source: `${SKLEARN}, root_mean_squared_error`,
    undefinedWhen: 'there are no rows',
    parameters: [],
  }),
  regression({
    name: 'r2',
    title: 'R²',
    better: 'higher',
    range: [-INFINITY, 1],
    summary:
      "Share of the label's variance that the predictions explain; negative if they are worse than the mean label.",
    formula: '1 − Σw·(y − ŷ)² / Σw·(y − ȳ)²',
    source: `${SKLEARN}, r2_score`,
    undefinedWhen: 'every row has the same label (scikit-learn returns 0 or 1), or there is one row',
    parameters: [],
  }),
  regression({
    name: 'mape',
    title: 'mean absolute percentage error',
    better: 'lower',
    range: [0, INFINITY],
    summary:
      'Mean distance of prediction and label as a share of the label; a label of 0 counts as 2⁻⁵², which makes it huge.',
    formula: 'Σw·|y − ŷ| / max(|y|, 2⁻⁵²) / Σw',
    source: `${SKLEARN}, mean_absolute_percentage_error`,
    undefinedWhen: 'there are no rows',
    parameters: [],
  }),
  regression({
    name: 'pinball',
    title: 'pinball loss',
    better: 'lower',
    range: [0, INFINITY],
    summary: 'Loss of a predicted quantile q: an under-prediction costs q for each unit, an over-prediction 1 − q.',
    formula: 'Σw·max(q·(y − ŷ), (q − 1)·(y − ŷ)) / Σw',
    source: `${SKLEARN}, mean_pinball_loss; R. Koenker and G. Bassett, Econometrica 46 (1978), pp. 33–50`,
    undefinedWhen: 'there are no rows',
    parameters: ['quantile'],
  }),
];
