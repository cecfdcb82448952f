import type { Evidence } from '../report/report';
import { type ColumnCounts, histogramOf } from './column';
import type { Decision } from './judge';
import type { Measured } from './measured';

/** One statistic as it stands in the evidence. */
interface StatisticEvidence {
  readonly name: string;
  readonly estimate: number | null;
  readonly threshold?: number;
  readonly warn?: number;
  readonly null95?: number;
  readonly null99?: number;
  readonly nullMean?: number;
  readonly pValue?: number;
  /** Where the statistic decides: Holm-adjusted over the gate. */
  readonly adjustedPValue?: number;
  readonly method?: string;
  readonly replicates?: number;
  readonly unknown?: string;
  readonly [detail: string]: unknown;
}

/** Both samples by bin, for pictures. */
interface HistogramEvidence {
  readonly kind: 'numeric' | 'categorical';
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
  /** Of numbers: the bins are `(edge, next edge]`, the outer ones open; a missing bin follows where there is one. */
  readonly edges?: readonly number[];
  readonly unit?: string;
}

/** Everything that the verdict of a column was taken from; the decisive statistic first. */
export function evidenceOf(
  column: ColumnCounts,
  measured: readonly Measured[],
  decisions: readonly Decision[],
  leading: Decision | undefined,
): Evidence {
  const { rows, missing } = column;
  const statistics = measured.map((statistic) =>
    statisticEvidence(
      statistic,
      decisions.find((decision) => decision.measured === statistic),
    ),
  );
  const main = statistics.find(({ name }) => name === leading?.measured.name);
  return {
    ...(main === undefined ? {} : mainEvidence(main)),
    n: rows.current,
    nReference: rows.reference,
    nCurrent: rows.current,
    missing,
    histogram: histogramEvidence(column),
    ...(column.kind === 'categorical' && column.unseen.rows > 0
      ? { unseen: { rows: column.unseen.rows, examples: column.unseen.examples } }
      : {}),
    statistics,
  };
}

const mainEvidence = ({
  name,
  estimate,
  threshold,
  warn,
  null95,
  null99,
  nullMean,
  pValue,
  adjustedPValue,
  method,
}: StatisticEvidence): Evidence => ({
  statistic: name,
  estimate,
  ...given({ threshold, warn, null95, null99, nullMean, pValue, adjustedPValue, method }),
});

function statisticEvidence(
  { name, estimate, null: distribution, detail, unknown }: Measured,
  decision: Decision | undefined,
): StatisticEvidence {
  return {
    name,
    estimate: Number.isFinite(estimate) ? estimate : null,
    ...given({
      threshold: decision?.threshold.fail,
      warn: decision?.threshold.warn,
      null95: distribution?.null95,
      null99: distribution?.null99,
      nullMean: distribution?.mean,
      pValue: distribution?.pValue,
      adjustedPValue: distribution === undefined ? undefined : decision?.adjustedPValue,
      method: distribution?.method,
      replicates: distribution?.replicates,
      unknown,
    }),
    ...detail,
  };
}

function histogramEvidence(column: ColumnCounts): HistogramEvidence {
  const { labels, reference, current } = histogramOf(column);
  const counts = { kind: column.kind, labels, reference: [...reference], current: [...current] };
  if (column.kind === 'categorical') return counts;
  return { ...counts, edges: column.edges, ...given({ unit: column.unit }) };
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
