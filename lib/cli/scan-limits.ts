import type { EngineName } from '../core/data/engines';
import { UsageError } from '../release/environment';

/** What a scan may use. */
export interface ScanLimits {
  /** Bytes. */
  readonly memoryLimit?: number;
  readonly threads?: number;
  /** Instead of the one in gates.yaml. */
  readonly engine?: EngineName;
}

export interface LimitFlags {
  readonly memory?: string;
  readonly threads?: string;
}

/** @throws UsageError for what is no size or number of threads */
export function scanLimits({ memory, threads }: LimitFlags): Omit<ScanLimits, 'engine'> {
  if (threads !== undefined && !/^[1-9]\d{0,2}$/.test(threads)) {
    throw new UsageError(`--threads ${threads}: is a whole number, 1 to 999`);
  }
  return {
    ...(memory === undefined ? {} : { memoryLimit: bytesOf(memory) }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
}

/** As DuckDB reads sizes: `MB` is a million bytes, `MiB` 2²⁰. */
const UNITS: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function bytesOf(text: string): number {
  const [, size, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]i?b)$/i.exec(text) ?? [];
  const bytes = Number(size) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  if (!(bytes >= 32e6)) throw new UsageError(`--memory ${text}: is a size of 32MB or more, e.g. 512MB or 2GB`);
  return bytes;
}
