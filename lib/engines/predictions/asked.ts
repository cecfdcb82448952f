import type { BinaryRoom } from '../../core/kernels/room';
import type { Sql } from '../../core/sql/sql';
import type { Answers } from './answers';
import { type Golden, goldenColumns, type Keys } from './golden';
import type { StreamColumn } from './stream';

/** How a model's answers are read: from a file of their own or the golden one, and apart from its rows or with them. */
export interface AnswersPlan {
  readonly answers: Answers;
  readonly own: boolean;
  readonly apart: boolean;
}

/** A table that is read, and what is asked of it. */
export interface AskedTable {
  readonly from: Sql;
  readonly row?: Sql;
  /** Its only file, if it is Parquet. */
  readonly path?: string;
  readonly keys: Keys;
  /** Whether it has keys of its own, which have to be looked at. */
  readonly own: boolean;
  readonly columns: readonly StreamColumn[];
}

/** Everything that is to be read, by table and by meaning; the columns of both are the same objects. */
export interface Asked {
  /** The golden one, then those of models. */
  readonly tables: readonly AskedTable[];
  readonly golden: readonly StreamColumn[];
  readonly scores: readonly (readonly StreamColumn[])[];
}

/** @param room where columns go @default arrays of their own */
export function askFor(golden: Golden, plans: readonly AnswersPlan[], room?: BinaryRoom): Asked {
  const ofGolden = goldenColumns(golden, room);
  const scores = plans.map(({ answers }, model) =>
    answers.scores.map(({ value, plain }): StreamColumn => {
      const into = room?.scores[model];
      return { value, kind: 'DOUBLE', missing: Number.NaN, into, ...(plain === undefined ? {} : { plain }) };
    }),
  );
  const inside = plans.flatMap(({ apart }, model) => (apart ? [] : (scores[model] ?? [])));
  return {
    tables: [
      { ...golden, own: true, columns: [...ofGolden, ...inside] },
      ...plans.flatMap(({ answers, own, apart }, model) =>
        apart ? [{ ...answers, own, columns: scores[model] ?? [] }] : [],
      ),
    ],
    golden: ofGolden,
    scores,
  };
}
