import type { MetricDefinition } from '../../lib/core/model/metrics';

/** What stands between the generated parts of docs/gates.md. */

export const INTRODUCTION = `# Gates

<!-- Written by \`npm run docs\` from the definitions that the gates use. Change those. -->

A gate judges one side of a release and ends in \`pass\`, \`fail\` or \`inconclusive\`. Missing evidence, NaN, too few rows and a thrown
error are never a pass, and \`inconclusive\` never promotes. \`gates.yaml\` in the workload's folder says what is judged; parts that it
leaves out have the defaults below. Wrong settings are told all at once, with file, line, column, value, what is allowed and the nearest
valid name.

| Gate | Command | Judges |
| --- | --- | --- |
| Data | \`assay gate data\` | schema, integrity and expectations of the golden data |
| Drift | \`assay gate drift\` | distributions of one file against another's |
| Model | \`assay gate model\` | predictions of the holdout, alone and against the champion's |
| Behaviour | \`assay gate behaviour\` | answers to rows that were chosen or changed on purpose |
| Serving | in the pipeline, on the endpoint | the contract of its answers, latency, throughput, size, errors |
| Canary | in the pipeline, under live traffic | errors and latency of the new release, step by step |

All take \`--json\` (\`assay.report/1\`), \`--junit FILE\` and \`--html FILE\`. Exit codes: 0 pass, 1 fail, 2 inconclusive, 64 wrong usage or
configuration, 70 internal error.`;

export const DATA = `## Data gate

\`assay gate data --workload DIR\`, or without a workload \`assay gate data --file FILE… --suite SUITE\`. Files are CSV, Parquet or JSON
Lines, packed with gzip or Zstandard if need be; one, a glob, a folder or an \`s3://\` prefix.

Expectations have the names, arguments and meaning of Great Expectations 1.x. They stand in \`data.expectations\`, or in a suite file
(\`data.suite\`). All expectations of a table are compiled together into the fewest scans; unexpected values are fetched only for those
that fail. The evidence of each is Great Expectations' validation result, with at most 20 unexpected values and their keys.

\`mostly\` is the share of the values that must do (default 1). \`row_condition\` limits an expectation to the rows that it chooses; every
expectation about rows takes it. \`on: train\` or \`on: holdout\` limits it to one file. Bounds that are left out or null are open. Where
nothing was there to be judged the verdict is inconclusive, even where Great Expectations would call it a success. [Where Assay differs on purpose](great-expectations.md) is a page of its own.

Beside them the schema is a contract: columns, their order and types (\`dataset.columns\`), a key without repetition, a label that occurs.
Source of the meaning: Great Expectations 1.x, reference of expectations.`;

export const DRIFT = `## Drift gate

\`assay gate drift --reference FILE --current FILE\`; with \`--workload DIR\`, and in the pipeline, it compares the files that \`drift\`
names. \`--write-baseline FILE\` pins edges and counts of the reference, and \`--baseline FILE\` compares with them.

A column has drifted when a statistic is above its threshold **and** chance does not explain it: the estimate is held against its
distribution without drift at these sample sizes, with Holm's correction over the columns. Above the threshold but within chance is
inconclusive, and so are too few rows. The evidence shows the estimate, what 95 % of samples without drift stay below, and both histograms.`;

export const MODEL = `## Model gate

\`assay gate model --workload DIR --predictions FILE [--champion FILE]\`, or without a workload \`--key COLUMN --label COLUMN\` with
\`--min\`, \`--max\`, \`--metric\`, \`--slice\`; \`assay gate model --help\` lists the rest. Both models are judged on the same rows, aligned by
their key.`;

export const METRICS = `A floor (\`min\`) or ceiling (\`max\`) holds when the estimate is within it (\`decide: point\`), or when the unfavourable end of its
interval is (\`decide: lower-bound\`). Ties, weights and degenerate inputs are treated as scikit-learn treats them, except that a value
that does not exist is inconclusive with a reason, never NaN and never a silent 0. In the formulas w are weights, y labels, s or p scores,
ŷ predictions.`;

export const INTERVAL_WORDS: Readonly<Record<MetricDefinition['interval'], string>> = {
  delong: 'DeLong',
  wilson: 'Wilson',
  bootstrap: 'bootstrap; from the influence of each row where there are very many',
};

export const SLICES = `A slice is every value of a column, or the rows that a SQL condition chooses. Slices with fewer than \`minRows\` rows are
listed and decide nothing; where every slice is thin the check is inconclusive. Tests of many slices are corrected together (Holm), so
that one hundred slices do not find a failure by chance.`;

export const FAIRNESS = `| \`metric\` | Rate of a predicted positive among |
| --- | --- |
| \`demographic-parity\` | all rows |
| \`equal-opportunity\` | rows that are positive |
| \`equalized-odds\` | rows that are positive, and rows that are negative; the worse decides |

Differences have Newcombe's interval, ratios Koopman's.`;

export const PROMOTION = `The challenger is promoted when it is shown to be better (\`superior\`) or not worse (\`non-inferior\`) than the champion by more
than a margin, on the same rows. Without a champion there is nothing to compare. The evidence says which difference this holdout could
have shown, and how many rows the margin needs. A holdout that was judged more often than its budget says so: whoever looks often enough
finds a winner.`;

export const RELATIVE = `A relative change is a share of the champion's value without its sign, so that it means the same for a negative baseline:`;

export const SANITY = `Before any metric: every golden row is answered once, scores are finite numbers, probabilities where they should be, and not all
the same; rows that were asked twice got the same answer; no single feature separates the label almost perfectly, which hints at leakage.`;

export const BEHAVIOUR = `## Behaviour gate

\`assay gate behaviour --workload DIR --endpoint NAME\` asks an endpoint; \`--write-inputs FILE\` writes the rows that some other means
scores, and \`--predictions FILE\` judges its answers. In the pipeline a batch transform of its own answers them; a row that \`inference.py\` refuses with an error fails its test and is listed with what was wrong.

Each test takes golden rows, changes them where it says so, and counts for how many the promise holds. The pass share has Wilson's
interval; the worst rows are shown with their keys, before and after. Too few rows are inconclusive; a row without an answer fails.
Source: M. T. Ribeiro et al., "Beyond accuracy: behavioral testing of NLP models with CheckList", ACL 2020.`;

export const MINIMUM_FUNCTIONALITY = `Rows that anyone can judge must be judged right: the score lies between \`min\` and \`max\`, or the decision is \`label\`.`;

export const INVARIANCE = `A change that means nothing must change nothing: the score moves by \`tolerance\` at most, or the decision stays the
\`same\`. A row holds when all of its variants hold.`;

export const DIRECTIONAL = `A change that means something must move the score \`up\` or \`down\`, by \`atLeast\` and \`atMost\` so much. A negative \`atLeast\`
forgives as much in the other direction.`;

export const PERTURBATIONS = `Steps of one test are made one after the other. Noise and typos are drawn by seed, \`draws\` times for a row. Numbers of
whole-number columns are rounded; a missing value stays missing except under \`set\` and \`swap\`.`;

export const SERVING = `## Serving gate

In the pipeline, on every endpoint before it meets traffic: golden rows are sent, and each must come back with a valid answer that equals
the batch prediction of the same row. Requests are signed before the clock starts, so that the client's own time is not taken for the
endpoint's.

The p-th percentile of n latencies is the ⌈p·n/100⌉-th smallest (R. J. Hyndman and Y. Fan, The American Statistician 50 (1996),
pp. 361–365, definition 1); its interval is that of order statistics, above. With fewer requests than a percentile needs (20 for the 95th)
the verdict is inconclusive.`;

export const CANARY = `## Canary gate

While traffic moves to the new release (green), it is compared with the old one (blue) at every look, with tests that stay valid however
often one looks. Failed, refused and slow requests are counted; golden requests to both show broken answers and predictions that have
shifted. [rollout.md](rollout.md) tells how a release goes forth and back, and how the tests fare in simulations.`;
