import type { MetricDefinition } from './definition';

const SKLEARN = 'scikit-learn 1.7';
const CLASSES = ['binary', 'multiclass'] as const;
const INFINITY = Number.POSITIVE_INFINITY;

/** Metrics of the predicted probabilities and of the order that scores give. */
export const SCORE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'roc_auc',
    title: 'ROC AUC',
    tasks: CLASSES,
    better: 'higher',
    range: [0, 1],
    summary:
      'Probability that a positive row scores above a negative one, ties half; of several classes, each against the rest.',
    formula: 'Σ_{i⁺,j⁻} w_i·w_j·([s_i > s_j] + ½·[s_i = s_j]) / (W⁺·W⁻)',
    source: `${SKLEARN}, roc_auc_score; J. A. Hanley and B. J. McNeil, Radiology 143 (1982), pp. 29–36`,
    undefinedWhen: 'a class has no row (scikit-learn warns and returns NaN)',
    interval: 'delong',
    parameters: ['average'],
  },
  {
    name: 'pr_auc',
    title: 'PR AUC',
    tasks: ['binary'],
    better: 'higher',
    range: [0, 1],
    summary:
      'Average precision: precision at each distinct score, weighted by the recall that it adds; no interpolation.',
    formula: 'Σ_k (R_k − R_{k−1})·P_k, over the distinct scores from the highest',
    source: `${SKLEARN}, average_precision_score; M. Zhu, "Recall, precision and average precision", 2004`,
    undefinedWhen: 'the rows have one class only (scikit-learn returns 0 or 1)',
    interval: 'bootstrap',
    parameters: [],
  },
  {
    name: 'ks',
    title: 'KS',
    tasks: ['binary'],
    better: 'higher',
    range: [0, 1],
    summary: 'Largest distance of the true positive rate above the false positive rate over all thresholds.',
    formula: 'max_t (TPR(t) − FPR(t))',
    source: `${SKLEARN}, roc_curve; N. Siddiqi, "Credit risk scorecards", 2006, chapter 6`,
    undefinedWhen: 'a class has no row',
    interval: 'bootstrap',
    parameters: [],
  },
  {
    name: 'lift',
    title: 'lift',
    tasks: ['binary'],
    better: 'higher',
    range: [0, INFINITY],
    summary:
      'How many times more positives the share with the highest scores holds than a random one; ties at the cut count in proportion.',
    formula: '(W⁺ in the top share / W in the top share) / (W⁺ / W)',
    source: 'F. Provost and T. Fawcett, "Data science for business", 2013, chapter 8',
    undefinedWhen: 'no row is positive',
    interval: 'bootstrap',
    parameters: ['share'],
  },
  {
    name: 'log_loss',
    title: 'log loss',
    tasks: CLASSES,
    better: 'lower',
    range: [0, INFINITY],
    summary:
      'Mean negative logarithm of the probability of the actual class; probabilities are clipped to [2⁻⁵², 1 − 2⁻⁵²].',
    formula: '−Σw·ln p_y / Σw',
    source: `${SKLEARN}, log_loss; I. J. Good, JRSS B 14 (1952), pp. 107–114`,
    undefinedWhen: 'the rows have one class only (scikit-learn refuses)',
    interval: 'bootstrap',
    parameters: [],
  },
  {
    name: 'brier',
    title: 'Brier score',
    tasks: CLASSES,
    better: 'lower',
    range: [0, 2],
    summary:
      'Mean squared error of the probabilities: of the positive class (0 to 1), or summed over several classes (0 to 2).',
    formula: 'binary Σw·(p − y)² / Σw; several classes Σw·Σ_c (p_c − [y = c])² / Σw',
    source: `${SKLEARN}, brier_score_loss; G. W. Brier, Monthly Weather Review 78 (1950), pp. 1–3`,
    undefinedWhen: 'there are no rows',
    interval: 'bootstrap',
    parameters: [],
  },
  {
    name: 'ece',
    title: 'calibration error',
    tasks: CLASSES,
    better: 'lower',
    range: [0, 1],
    summary:
      'Mean distance of probability from frequency over bins: of the positive class, or, of several classes, of the most probable one.',
    formula:
      'Σ_b W_b/W·|mean p in b − share of positives (right answers) in b|; bins ((b−1)/B, b/B] or of equal weight',
    source:
      'M. P. Naeini, G. F. Cooper and M. Hauskrecht, AAAI 2015, pp. 2901–2907 (positive class); C. Guo et al., ICML 2017, pp. 1321–1330 (top label)',
    undefinedWhen: 'there are no rows, or a probability lies outside 0 to 1',
    interval: 'bootstrap',
    parameters: ['bins', 'binning'],
  },
];
