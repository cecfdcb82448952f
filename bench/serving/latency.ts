/**
 * Client time per request, 1 KB, one after the other, against a server of this machine in a process of its own.
 *
 *   node --import tsx bench/serving/latency.ts [--requests 6000] [--only ours|raw|sdk]
 *
 * Clients take turns in blocks, so that a busy moment of the machine meets all of them. Prints one JSON object with
 * p50/p95/p99 of each in microseconds and `ratio`, ours to raw at the median; with --only, that client's alone.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { percentile } from '../../lib/core/serving/latency';
import { CLIENTS, type ClientName, type LatencyClient } from './clients';

const BLOCK = 100;
const WARM_UPS = 500;

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function measure(names: readonly ClientName[], requests: number, origin: string) {
  const clients = new Map<ClientName, LatencyClient>();
  const times = new Map<ClientName, number[]>();
  for (const name of names) {
    const client = await CLIENTS[name](origin);
    clients.set(name, client);
    times.set(name, []);
    await client.prepare(WARM_UPS);
    for (let i = 0; i < WARM_UPS; i += 1) await client.ask();
  }
  for (let done = 0; done < requests; done += BLOCK) {
    for (const [name, client] of clients) {
      const list = times.get(name) ?? [];
      await client.prepare(BLOCK);
      for (let i = 0; i < BLOCK; i += 1) list.push(await client.ask());
    }
  }
  for (const client of clients.values()) await client.close();
  const microseconds = (list: readonly number[], p: number): number => Math.round(percentile(list, p) * 1e4) / 10;
  return Object.fromEntries(
    [...times].map(([name, list]) => [
      name,
      { p50: microseconds(list, 50), p95: microseconds(list, 95), p99: microseconds(list, 99), n: list.length },
    ]),
  );
}

async function main(): Promise<void> {
  const server = fork(join(__dirname, 'server.ts'), { execArgv: ['--import', 'tsx'] });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('message', (message: { port: number }) => resolve(message.port));
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const only = option('only');
    const all = Object.keys(CLIENTS) as ClientName[];
    const names = only === undefined ? all : all.filter((name) => name === only);
    if (names.length === 0) throw new Error(`--only is one of ${all.join(', ')}; found ${only}`);
    const found = await measure(names, Number(option('requests') ?? 6000), `http://127.0.0.1:${port}`);
    const ratio =
      found.ours === undefined || found.raw === undefined ? {} : { ratio: round(found.ours.p50 / found.raw.p50) };
    const sdk =
      found.sdk === undefined || found.raw === undefined ? {} : { sdkRatio: round(found.sdk.p50 / found.raw.p50) };
    process.stdout.write(`${JSON.stringify({ unit: 'microseconds', ...found, ...ratio, ...sdk })}\n`);
  } finally {
    server.disconnect();
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
