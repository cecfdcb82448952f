import { join } from 'node:path';
import type { Scale } from '../options';
import { PROJECT } from '../paths';
import type { Contender, Row } from '../types';

const CHECKS = 5_000;
/** Longest time for which a page of 5,000 checks may answer nothing: two tenths of a second are felt, but are no stutter. */
const LONGEST_PAUSE_MS = 200;
const REQUESTS = 6_000;

/** The client of the serving check beside the least that a request over an open connection costs. */
export function servingRows({ quick }: Scale): readonly Row[] {
  const requests = quick ? REQUESTS / 10 : REQUESTS;
  const row = {
    section: 'serving',
    work: 'serving check, client time per request, 1 KB, p50',
    measure: 'time',
  } as const;
  const ours: Contender = {
    name: 'latency of clients',
    helped: true,
    argv: script('serving/latency.ts', '--requests', String(requests)),
  };
  const p50 = (stdout: string, client: string): number => {
    const found = JSON.parse(stdout) as Readonly<Record<string, { readonly p50: number }>>;
    return (found[client]?.p50 ?? Number.NaN) / 1000;
  };
  const together = (other: string) => (stdout: string) => [p50(stdout, 'ours'), p50(stdout, other)] as const;
  return [
    { ...row, id: 'serving.raw', beside: 'raw keep-alive HTTP client', ours, together: together('raw'), goal: 1.25 },
    { ...row, id: 'serving.sdk', beside: "the SDK's InvokeEndpoint", ours, together: together('sdk') },
  ];
}

/** What a person feels of the report page. */
export function reportRows(): readonly Row[] {
  const row = (id: string, work: string, field: string, goal?: number): Row => ({
    id: `report.${id}`,
    section: 'report',
    work: `report page of ${CHECKS.toLocaleString('en')} checks, ${work}`,
    beside: '–',
    ours: {
      name: 'report page',
      helped: true,
      argv: script('report/page.ts', String(CHECKS)),
      scale: (_, stdout) => Number((JSON.parse(stdout) as Readonly<Record<string, number>>)[field]),
    },
    measure: 'time',
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    row('pause', 'longest pause while opened, scrolled and filtered', 'longest', LONGEST_PAUSE_MS),
    row('paint', 'until the verdict is seen', 'painted'),
  ];
}

function script(file: string, ...options: readonly string[]): readonly string[] {
  return [
    process.execPath,
    '--import',
    join(PROJECT, 'node_modules', 'tsx', 'dist', 'loader.mjs'),
    join(PROJECT, 'bench', file),
    ...options,
  ];
}
