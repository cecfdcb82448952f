/** Figures that both sides must agree on, by name: counts exactly, others within the row's tolerance. */
export type Figures = Readonly<Record<string, number>>;

/** One side of a comparison: a command, measured as a whole process. */
export interface Contender {
  readonly name: string;
  readonly argv: readonly string[];
  /** @default [0] */
  readonly exitCodes?: readonly number[];
  /** What it found, from its standard output. @default nothing to compare */
  readonly figures?: (stdout: string) => Figures;
  /** It starts processes that are not its children any more when they end: how busy others were cannot be told. */
  readonly helped?: boolean;
  /** Milliseconds that count, where the command does only part of the work. @default the measured ones */
  readonly scale?: (milliseconds: number, stdout: string) => number;
}

export type Section = 'data' | 'memory' | 'model' | 'bootstrap' | 'drift' | 'serving' | 'report' | 'growth' | 'start';

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly section: Section;
  readonly work: string;
  readonly beside: string;
  readonly ours: Contender;
  readonly theirs?: Contender;
  /** Milliseconds of both sides, where `ours` measures them in turn within one process. */
  readonly together?: (stdout: string) => readonly [ours: number, theirs: number];
  /** What is compared: milliseconds, or megabytes of the largest resident set. */
  readonly measure: 'time' | 'memory';
  /** Largest allowed ratio ours / theirs, or where nothing stands beside it, the largest value; absent: only printed. */
  readonly goal?: number;
  /** Relative difference allowed between figures. @default 1e-9 */
  readonly tolerance?: Readonly<Record<string, number>>;
}

/** One run of one side. */
export interface Run {
  readonly ms: number;
  readonly peakMb: number;
  /** Share of the machine that other processes used meanwhile; null if unknown. */
  readonly others: number | null;
}

export interface RowResult {
  readonly id: string;
  readonly ours: readonly Run[];
  readonly theirs: readonly Run[];
  readonly figures: Figures;
  /** Why nothing was measured or why the answers differ; the goal then does not hold. */
  readonly problem?: string;
}
