import type { CapturedAnswer } from './captured-answer';
import { addScore, type CapturedTally, NO_SCORES, NOTHING_CAPTURED, type ScoreMoments } from './coverage';
import { type JoinedRow, rowKey } from './joined-row';
import { type Keep, keepColumns } from './kept-columns';
import type { Label } from './label-file';
import type { QualityGates } from './settings';

/** A label that has been read and has no prediction yet. */
export interface WaitingLabel extends Label {
  /** The check that took it, ISO 8601. */
  readonly takenAt: string;
}

interface Release {
  readonly keep: Keep;
  readonly rows: Map<string, JoinedRow>;
  scores: ScoreMoments;
  tally: CapturedTally;
}

/**
 * Joins labels with predictions, release by release. Labels are few and held; captured requests stream by, and only those
 * with a label stay. The latest label of a prediction wins, and of requests with one id the latest answer.
 */
export class Join {
  private readonly releases = new Map<string, Release>();
  private readonly waiting = new Map<string, WaitingLabel>();
  private readonly ids = new Set<string>();
  private readonly found = new Set<string>();

  /** @param joined rows of earlier checks, by release */
  addRelease(release: string, gates: QualityGates, joined: Iterable<JoinedRow>): void {
    const rows = new Map<string, JoinedRow>();
    for (const row of joined) rows.set(rowKey(row), row);
    this.releases.set(release, { keep: keepColumns(gates), rows, scores: NO_SCORES, tally: NOTHING_CAPTURED });
  }

  /** Takes a label; of a prediction that is joined already it changes the row. Later ones win. */
  addLabel(label: WaitingLabel): void {
    const key = rowKey(label);
    for (const { rows } of this.releases.values()) {
      const known = rows.get(key);
      if (known === undefined) continue;
      if (known.label !== label.label) rows.set(key, { ...known, label: label.label, labelledAt: label.takenAt });
      return;
    }
    this.waiting.set(key, label);
    this.ids.add(label.inferenceId);
  }

  /** Counts what a release answered, and joins it where it has a label. */
  addAnswer(releaseName: string, { inferenceId, at, rows }: CapturedAnswer): void {
    const release = this.releases.get(releaseName);
    if (release === undefined) return;
    const wanted = inferenceId !== undefined && this.ids.has(inferenceId);
    let repeated = 0;
    for (const [index, { features, scores }] of rows.entries()) {
      if (scores.length === 1) release.scores = addScore(release.scores, scores[0] ?? 0);
      if (!wanted) continue;
      repeated += this.match(release, { inferenceId, row: index }, at, scores, features) ? 1 : 0;
    }
    const { tally } = release;
    release.tally = {
      predictions: tally.predictions + rows.length,
      withoutId: tally.withoutId + (inferenceId === undefined ? rows.length : 0),
      repeatedIds: tally.repeatedIds + repeated,
      scores: NO_SCORES,
    };
  }

  /** @returns true if the id had an answer before */
  private match(
    { keep, rows }: Release,
    named: Pick<JoinedRow, 'inferenceId' | 'row'>,
    at: string,
    scores: readonly number[],
    features: Readonly<Record<string, unknown>>,
  ): boolean {
    const key = rowKey(named);
    const label = this.waiting.get(key);
    if (label === undefined) return false;
    const before = this.found.has(key) ? this.rowAt(key) : undefined;
    this.found.add(key);
    if (before !== undefined && Date.parse(before.predictedAt) > Date.parse(at)) return true;
    // An id that two releases answered counts once, for the later answer.
    for (const other of this.releases.values()) other.rows.delete(key);
    const { label: text, takenAt: labelledAt } = label;
    rows.set(key, { ...named, predictedAt: at, labelledAt, label: text, scores, columns: keep(features) });
    return before !== undefined;
  }

  private rowAt(key: string): JoinedRow | undefined {
    for (const { rows } of this.releases.values()) {
      const row = rows.get(key);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  rows(release: string): readonly JoinedRow[] {
    return [...(this.releases.get(release)?.rows.values() ?? [])];
  }

  tally(release: string): CapturedTally {
    const found = this.releases.get(release);
    return found === undefined ? NOTHING_CAPTURED : { ...found.tally, scores: found.scores };
  }

  /** Labels that no captured prediction has. */
  unmatched(): readonly WaitingLabel[] {
    return [...this.waiting].flatMap(([key, label]) => (this.found.has(key) ? [] : [label]));
  }
}
