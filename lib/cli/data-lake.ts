import type { EngineName } from '../core/data/engines';
import type { Check } from '../core/report/report';
import type { LakeGateInput } from '../engines/athena/gate';
import type { Executed } from '../engines/athena/session';
import { type Choice, chooseEngine } from '../engines/data/choose';
import { SCAN_ENV } from '../golden-data/scan-contract';
import { type Environment, UsageError } from '../release/environment';
import { withScan } from './scan';

export interface EngineOptions {
  readonly engine: EngineName;
  /** Gibibytes in S3 above which `auto` takes Athena. */
  readonly athenaAboveGiB?: number;
}

const placeOf = (env: Environment): { readonly workGroup: string; readonly database: string } | undefined => {
  const [workGroup, database] = [env[SCAN_ENV.workGroup], env[SCAN_ENV.database]];
  return workGroup === undefined || database === undefined ? undefined : { workGroup, database };
};

/** Which engine judges these files. @throws UsageError when the one that is asked for cannot read them */
export function engineFor(specs: readonly string[], options: EngineOptions, env: Environment): Promise<Choice> {
  const here = specs.find((spec) => !spec.startsWith('s3://'));
  if (options.engine === 'athena' && here !== undefined) {
    throw new UsageError(
      `${here}: is on this machine, and engine athena reads s3://bucket/prefix; --engine duckdb judges it`,
    );
  }
  return chooseEngine({
    asked: options.engine,
    specs,
    athenaReady: placeOf(env) !== undefined,
    ...(options.athenaAboveGiB === undefined ? {} : { athenaAboveGiB: options.athenaAboveGiB }),
  });
}

/**
 * Judges objects in S3 with Athena; the last check says why it did, and what it read.
 *
 * @throws UsageError where no work group or database is named
 */
export async function judgeLake(
  input: Omit<LakeGateInput, 'files'>,
  specs: readonly string[],
  { why }: Choice,
  env: Environment,
): Promise<readonly Check[]> {
  const place = placeOf(env);
  if (place === undefined) {
    throw new UsageError(
      `engine athena: ${SCAN_ENV.workGroup} and ${SCAN_ENV.database} name the work group and the database of Glue`,
    );
  }
  const [{ judgeObjects }, { lakeClients }, { listFiles }] = await Promise.all([
    import('../engines/athena/gate'),
    import('../engines/athena/clients'),
    import('../engines/listing'),
  ]);
  const files = (await Promise.all(specs.map(listFiles))).flat();
  const clients = lakeClients();
  try {
    const { checks, executed } = await withScan(({ signal }) =>
      judgeObjects({ ...input, files }, { ...place, clients, signal }),
    );
    return [...checks, engineCheck(input.prefix, why, executed)];
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

function engineCheck(prefix: string, why: string, executed: readonly Executed[]): Check {
  const bytesScanned = executed.reduce((sum, one) => sum + one.bytesScanned, 0);
  return {
    id: `${prefix}.engine`,
    verdict: 'pass',
    reason: `judged by Athena (${why}): ${executed.length} queries read ${(bytesScanned / 2 ** 30).toFixed(2)} GiB`,
    evidence: {
      engine: 'athena',
      why,
      bytesScanned,
      queries: executed.map(({ id, bytesScanned: bytes }) => ({ id, bytes })),
    },
  };
}

/** Says in a report that files in S3 were downloaded for DuckDB, and why. */
export const downloadedCheck = (prefix: string, why: string): Check => ({
  id: `${prefix}.engine`,
  verdict: 'pass',
  reason: `judged by DuckDB (${why})`,
  evidence: { engine: 'duckdb', why },
});
