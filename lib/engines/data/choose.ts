import { DEFAULT_ATHENA_ABOVE_GIB, type EngineName } from '../../core/data/engines';
import { listFiles } from '../listing';

export interface Choice {
  readonly engine: 'duckdb' | 'athena';
  /** For the report. */
  readonly why: string;
}

export interface ChoiceInput {
  readonly asked: EngineName;
  /** Paths, globs, folders, `s3://` addresses. */
  readonly specs: readonly string[];
  /** Gibibytes. @default 20 */
  readonly athenaAboveGiB?: number;
  /** Whether a work group and a database are known. */
  readonly athenaReady: boolean;
}

const gib = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`;

/**
 * Which engine judges the files, and why.
 *
 * @throws TableError when there are none
 */
export async function chooseEngine({ asked, specs, athenaAboveGiB, athenaReady }: ChoiceInput): Promise<Choice> {
  if (asked !== 'auto') return { engine: asked, why: 'asked for' };
  if (specs.some((spec) => !spec.startsWith('s3://')))
    return { engine: 'duckdb', why: 'the files are on this machine' };
  const bytes = (await Promise.all(specs.map(listFiles))).flat().reduce((sum, file) => sum + file.bytes, 0);
  const limit = athenaAboveGiB ?? DEFAULT_ATHENA_ABOVE_GIB;
  const size = `${gib(bytes)} in S3`;
  if (bytes <= limit * 2 ** 30) return { engine: 'duckdb', why: `${size} is not more than ${limit} GiB` };
  if (!athenaReady) {
    return {
      engine: 'duckdb',
      why: `${size} is more than ${limit} GiB, but no work group and database of Athena are named`,
    };
  }
  return { engine: 'athena', why: `${size} is more than ${limit} GiB` };
}
