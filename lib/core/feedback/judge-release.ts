import { isUndefined } from '../model/metrics/index';
import { formatNumber, formatPercent, plural } from '../report/format';
import type { Check } from '../report/report';
import { combineVerdicts } from '../verdict';
import { toColumns, type Unusable } from './columns';
import { type CapturedTally, coverageOf } from './coverage';
import { type Floor, type JudgedFloor, judgeFloor, type Look, limitsOf, showFloor } from './floor';
import { overallFloors, type SliceFloor, type SliceFloors, sliceFloors } from './floors';
import type { JoinedRow } from './joined-row';
import { AT_REST, levelOfLook, type Watch, watch } from './looks';
import type { QualityGates } from './settings';

/** What is remembered of a release between two checks. */
export interface ReleaseState {
  /** How often it has been judged on other rows than before. */
  readonly looks: number;
  /** Names the rows of the last look. */
  readonly judged: string;
  /** By id of the floor; those at rest are left out. */
  readonly watches: Readonly<Record<string, Watch>>;
}

export const NEVER_JUDGED: ReleaseState = { looks: 0, judged: '', watches: {} };

export interface ReleaseEvidence {
  readonly release: string;
  /** Rows whose label came in the last `windowDays`. */
  readonly rows: readonly JoinedRow[];
  /** Joined rows that were predicted in the last `labelDelayDays`, as the tally. */
  readonly joined: readonly JoinedRow[];
  readonly captured: CapturedTally;
}

/** A floor that was proved to be missed often enough in a row. */
export interface Alarm {
  /** `metrics.roc_auc` */
  readonly id: string;
  readonly look: number;
  readonly reason: string;
}

/** One value for a chart. */
export interface LiveMetric {
  readonly metric: string;
  /** `contract_type=annual`; absent: all rows. */
  readonly slice?: string;
  readonly value: number;
}

export interface ReleaseQuality {
  readonly checks: readonly Check[];
  readonly state: ReleaseState;
  readonly alarms: readonly Alarm[];
  readonly metrics: readonly LiveMetric[];
  readonly coverage: number;
  readonly rows: number;
}

/** Of two classes each needs so many rows: with fewer, intervals by normal limits promise more than they keep. */
const MIN_OF_CLASS = 10;

/**
 * Live metrics of one release against its floors. A look at other rows than the last one spends its share of the
 * probability of a false alarm (`levelOfLook`), divided by the number of bounds that are tested; a look at the same rows
 * repeats what was decided. With too few rows or labels everything is shown, nothing is decided and nothing is spent.
 */
export function judgeRelease(evidence: ReleaseEvidence, gates: QualityGates, before: ReleaseState): ReleaseQuality {
  const { quality } = gates.monitoring;
  const { judged, unusable } = toColumns(evidence.rows, gates);
  const coverage = coverageOf(evidence.joined, judged.rows.length, evidence.captured, quality);
  const lacking = classesUnnamed(gates) ?? coverage.lacking ?? tooFewOfAClass(judged.labels, gates);
  // Without names of classes there is not even a figure to show.
  const readable = judged.predictions.columns.length > 0;
  const floors = readable ? overallFloors(judged, gates) : [];
  const slices = readable ? sliceFloors(judged, gates) : [];
  const all = [...floors, ...slices.flatMap((slice) => slice.floors)];
  const signature = signatureOf(judged.rows);
  const fresh = lacking === undefined && signature !== before.judged;
  const looks = before.looks + (fresh ? 1 : 0);
  const tests = all.reduce((count, floor) => count + limitsOf(floor), 0);
  const look: Look = {
    number: Math.max(1, looks),
    level: levelOfLook(quality.falseAlarm, Math.max(1, looks)) / Math.max(1, tests),
  };
  const results = new Map(all.map((floor) => [floor, judgeOne(floor, lacking, look, gates)]));
  const watched = fresh ? advance([...results.values()], before, quality.consecutive) : undefined;
  const resultOf = (floor: Floor) => results.get(floor) as JudgedFloor;
  return {
    checks: [
      coverage.check,
      ...(readable ? unusableCheck(unusable, evidence.rows.length) : unreadableCheck(lacking ?? '')),
      ...floors.map((floor) => checkOf(resultOf(floor))),
      ...slices.map((slice) => sliceCheck(slice, slice.floors.map(resultOf))),
    ],
    state: watched === undefined ? before : { looks, judged: signature, watches: watched.watches },
    alarms:
      watched === undefined ? [] : watched.raised.map(({ floor, reason }) => ({ id: floor.id, look: looks, reason })),
    metrics: [...results.values()].flatMap(liveMetric),
    coverage: coverage.share,
    rows: judged.rows.length,
  };
}

function judgeOne(floor: Floor, lacking: string | undefined, look: Look, gates: QualityGates): JudgedFloor {
  const { seed, replicates } = gates.model;
  const why = lacking ?? tooFewOfAClass(floor.input.labels, gates, floor.input.rows);
  return why === undefined
    ? judgeFloor(floor, look, { seed, replicates })
    : showFloor(floor, why, { seed, replicates });
}

/** The class that has too few rows, where there are two. */
function tooFewOfAClass(
  labels: ArrayLike<number>,
  { dataset }: QualityGates,
  rows?: Uint32Array | Uint8Array,
): string | undefined {
  if (dataset.task !== 'binary') return undefined;
  let positives = 0;
  const n = rows?.length ?? labels.length;
  for (let i = 0; i < n; i += 1) positives += labels[rows === undefined ? i : (rows[i] ?? 0)] ?? 0;
  const few = Math.min(positives, n - positives);
  if (few >= MIN_OF_CLASS) return undefined;
  const kind = positives < n - positives ? 'positive' : 'negative';
  return `${plural(few, 'label')} of ${formatNumber(n)} ${few === 1 ? 'is' : 'are'} ${kind}, and ${MIN_OF_CLASS} are needed for a verdict`;
}

/** Probabilities without names cannot be held against labels. */
const classesUnnamed = ({ dataset }: QualityGates): string | undefined =>
  dataset.task === 'multiclass' && dataset.classes === undefined
    ? 'dataset.classes has to name the classes in the order of the probabilities'
    : undefined;

/** Equal for the same rows with the same labels: a changed label has been taken by another check. */
function signatureOf(rows: readonly JoinedRow[]): string {
  const times = rows.map(({ labelledAt }) => labelledAt).sort();
  const changed = rows.reduce((sum, { labelledAt }) => (sum + Date.parse(labelledAt)) % Number.MAX_SAFE_INTEGER, 0);
  return `${rows.length} ${times[0] ?? ''} ${times.at(-1) ?? ''} ${changed}`;
}

function advance(results: readonly JudgedFloor[], before: ReleaseState, consecutive: number) {
  const moved = results.map((result) => {
    const was = before.watches[result.floor.id] ?? AT_REST;
    return { result, ...watch(was, result.finding, consecutive) };
  });
  const present = new Set(results.map(({ floor }) => floor.id));
  // A slice that has no rows today has not recovered.
  const absent = Object.entries(before.watches).filter(([id]) => !present.has(id));
  const awake = moved.filter((each) => each.watch.breaches > 0 || each.watch.raised);
  return {
    watches: Object.fromEntries([...absent, ...awake.map((each) => [each.result.floor.id, each.watch] as const)]),
    raised: moved.flatMap((each) => (each.raise ? [each.result] : [])),
  };
}

const checkOf = ({ floor, verdict, reason, evidence }: JudgedFloor): Check => ({
  id: floor.id,
  verdict,
  reason,
  evidence,
});

/** One check for all slices of a metric: the worst decides, and slices with too few rows are listed. */
function sliceCheck({ id, title, thin, minRows, refused }: SliceFloors, results: readonly JudgedFloor[]): Check {
  if (refused !== undefined) {
    const reason = `the condition of this slice cannot be asked of captured requests, so ${title} is not judged: ${refused}`;
    return { id, verdict: 'inconclusive', reason };
  }
  const listed = {
    slices: results.map(({ floor, estimate, verdict }) => ({
      value: (floor as SliceFloor).slice,
      rows: floor.rows,
      ...(isUndefined(estimate)
        ? { estimate: null, interval: null }
        : { estimate: estimate.value, interval: estimate.interval }),
      verdict,
    })),
    thin,
    minRows,
  };
  const verdict = combineVerdicts(results.map((result) => result.verdict));
  const worst = results.find((result) => result.verdict === verdict);
  const aside =
    thin.length === 0 ? '' : `; ${plural(thin.length, 'slice')} with fewer than ${plural(minRows, 'row')} not judged`;
  if (worst === undefined) {
    return { id, verdict, reason: `no slice has ${plural(minRows, 'labelled prediction')}`, evidence: listed };
  }
  const others = results.filter((result) => result.verdict === verdict).length - 1;
  const lead = verdict === 'pass' ? `${plural(results.length, 'slice')} judged, one of them: ` : '';
  const more = verdict === 'pass' || others === 0 ? '' : `, and ${plural(others, 'other slice')} likewise`;
  return { id, verdict, reason: `${lead}${worst.reason}${more}${aside}`, evidence: { ...worst.evidence, ...listed } };
}

function unusableCheck({ count, examples }: Unusable, all: number): readonly Check[] {
  if (count === 0) return [];
  const reason = `${formatNumber(count)} of ${plural(all, 'joined prediction')} (${formatPercent(count / all)}) have a label or an answer that does not fit the dataset and are left out, e.g. ${examples.join('; ')}`;
  return [{ id: 'labels.usable', verdict: 'inconclusive', reason, evidence: { unusable: count, examples } }];
}

const unreadableCheck = (reason: string): readonly Check[] => [{ id: 'metrics', verdict: 'inconclusive', reason }];

function liveMetric({ floor, estimate }: JudgedFloor): readonly LiveMetric[] {
  if (isUndefined(estimate)) return [];
  const slice = (floor as Partial<SliceFloor>).name;
  return [{ metric: floor.metric.name, ...(slice === undefined ? {} : { slice }), value: estimate.value }];
}
