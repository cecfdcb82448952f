import type { Lineage, LineageEnvironment, LineageFile, LineageMetric } from './lineage';
import { changedValues, type Leaf, type ValueChange } from './values';

/** What two releases do not share. */
export interface LineageDiff {
  readonly schema: 'assay.lineage-diff/1';
  readonly application: string;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Commit, trigger, source, data, image, training: by path. */
  readonly facts: readonly ValueChange[];
  readonly landed: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Packages that came, went or changed; the interpreter as `python`. */
  readonly environment: readonly ValueChange[];
  /** Values of gates.yaml, defaults included. */
  readonly gates: readonly ValueChange[];
  /** True where the file's bytes differ and no value does: comments, order, spacing. */
  readonly gatesReworded: boolean;
  /** All metrics that either release was measured by. */
  readonly metrics: readonly MetricChange[];
  readonly verdicts: readonly ValueChange[];
  /** What could not be compared, because one of them does not have it. */
  readonly unknown: readonly string[];
}

export interface DiffSide {
  readonly releaseId?: string;
  readonly runId: string;
  readonly commit?: string;
}

export interface MetricChange {
  readonly name: string;
  readonly before?: number;
  readonly after?: number;
  /** after − before; absent unless both are known. */
  readonly difference?: number;
  /** Whether both were measured on the same rows: otherwise the difference is also one of data. */
  readonly sameHoldout: boolean;
}

/** Compares two lineages. What only one of them has is told as unknown, not as changed. */
export function diffLineages(before: Lineage, after: Lineage): LineageDiff {
  const gates = before.gates !== undefined && after.gates !== undefined;
  const changes = gates ? changedValues(before.gates?.values, after.gates?.values) : [];
  return {
    schema: 'assay.lineage-diff/1',
    application: after.application,
    before: side(before),
    after: side(after),
    facts: FACTS.flatMap((name) => factChanges(name, before, after)),
    landed: landedChanges(before, after),
    environment: environmentChanges(before.environment, after.environment),
    gates: changes,
    gatesReworded: gates && changes.length === 0 && before.gates?.sha256 !== after.gates?.sha256,
    metrics: metricChanges(before, after),
    verdicts: changedValues(verdicts(before), verdicts(after)),
    unknown: COMPARED.flatMap((name) => missingSide(name, before, after)),
  };
}

const side = ({ release, runId, commit }: Lineage): DiffSide => ({
  ...(release === undefined ? {} : { releaseId: release.releaseId }),
  runId,
  ...(commit === undefined ? {} : { commit }),
});

const FACTS = ['commit', 'trigger', 'source', 'dataset', 'image'] as const;
const COMPARED = [...FACTS.filter((name) => name !== 'trigger'), 'environment', 'gates', 'training'] as const;

/** What each fact is compared by: what it is, not where it lies. */
function comparable(name: (typeof FACTS)[number], lineage: Lineage): unknown {
  const { commit, trigger, source, dataset, image } = lineage;
  switch (name) {
    case 'commit':
      return { commit };
    case 'trigger':
      return source === undefined ? undefined : { trigger: { kind: trigger?.kind ?? 'push', reason: trigger?.reason } };
    case 'source':
      return source && { source: { sha256: source.sha256 } };
    case 'dataset': {
      if (dataset === undefined) return undefined;
      const { landed: _landed, refused: _refused, root, train, holdout, ...rest } = dataset;
      return { dataset: { ...rest, root, train: fileFacts(train), holdout: fileFacts(holdout) } };
    }
    case 'image':
      return image && { image };
  }
}

const fileFacts = ({ path, versionId, sha256, rows }: LineageFile) => ({ path, rows, sha256, versionId });

function factChanges(name: (typeof FACTS)[number], before: Lineage, after: Lineage): readonly ValueChange[] {
  const [a, b] = [comparable(name, before), comparable(name, after)];
  return a === undefined || b === undefined ? [] : changedValues(a, b);
}

function landedChanges(before: Lineage, after: Lineage): LineageDiff['landed'] {
  const files = ({ dataset }: Lineage) =>
    (dataset?.landed ?? []).map(({ key, versionId }) => `${key} (version ${versionId})`);
  const [a, b] = [files(before), files(after)];
  return { added: b.filter((file) => !a.includes(file)), removed: a.filter((file) => !b.includes(file)) };
}

function environmentChanges(
  before: LineageEnvironment | undefined,
  after: LineageEnvironment | undefined,
): readonly ValueChange[] {
  if (before === undefined || after === undefined) return [];
  const all = ({ python, packages }: LineageEnvironment) =>
    new Map<string, Leaf>([['python', python], ...Object.entries(packages)]);
  const [a, b] = [all(before), all(after)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((path) => {
    const [old, now] = [a.get(path), b.get(path)];
    if (old === now) return [];
    return [{ path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

function metricChanges(before: Lineage, after: Lineage): readonly MetricChange[] {
  const value = (metrics: readonly LineageMetric[], name: string) =>
    metrics.find((metric) => metric.name === name)?.value;
  const names = [...new Set([...after.metrics, ...before.metrics].map(({ name }) => name))];
  const [holdout, other] = [before.dataset?.holdout.sha256, after.dataset?.holdout.sha256];
  return names.map((name) => {
    const [a, b] = [value(before.metrics, name), value(after.metrics, name)];
    return {
      name,
      ...(a === undefined ? {} : { before: a }),
      ...(b === undefined ? {} : { after: b }),
      ...(a === undefined || b === undefined ? {} : { difference: b - a }),
      sameHoldout: holdout !== undefined && holdout === other,
    };
  });
}

const verdicts = ({ reports }: Lineage) => Object.fromEntries(reports.map(({ name, verdict }) => [name, verdict]));

function missingSide(name: (typeof COMPARED)[number], before: Lineage, after: Lineage): readonly string[] {
  return [before, after]
    .filter((lineage) => lineage[name] === undefined)
    .map((lineage) => `${name} of ${lineage.release?.releaseId ?? lineage.runId} is not known`);
}
