import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AthenaClient } from '@aws-sdk/client-athena';

const ROOT = join(__dirname, '..', '..');
/** Ignored by Git; 90 MB. */
const JARS = join(ROOT, '.assay', 'trino');
const VERSION = '435';

const missing = ['java', 'mvn'].filter((tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0);

/** Why no Trino can run here; undefined where one can. */
export const NO_TRINO =
  missing.length === 0
    ? undefined
    : `Trino is not tested: ${missing.join(' and ')} (Java 17, Maven) cannot be run here`;

export interface Trino {
  readonly endpoint: string;
  readonly client: AthenaClient;
  /** The next calls are refused as too many. */
  throttle(calls: number): Promise<void>;
  /** Of all queries so far. */
  states(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

function installJars(): void {
  if (existsSync(JARS) && readdirSync(JARS).includes(`trino-main-${VERSION}.jar`)) return;
  mkdirSync(JARS, { recursive: true });
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${JARS}`];
  execFileSync('mvn', ['-q', '-B', '-f', join(__dirname, 'pom.xml'), ...goal], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A real Trino behind Athena's protocol, as an Athena client sees it. @throws Error when it does not start */
export async function startTrino(): Promise<Trino> {
  installJars();
  const child = spawn(
    'java',
    [
      '-Xmx2g',
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-cp',
      join(JARS, '*'),
      join(__dirname, 'AthenaServer.java'),
    ],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let told = '';
  child.stderr.on('data', (chunk) => {
    told = `${told}${chunk}`.slice(-2000);
  });
  const port = await new Promise<string>((done, fail) => {
    child.once('exit', (code) => fail(new Error(`Trino ended with ${code}: ${told}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found !== undefined) done(found);
    });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new AthenaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 5 });
  const ask = async (operation: string, input: object): Promise<unknown> => {
    const headers = { 'x-amz-target': `AmazonAthena.${operation}` };
    return (await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(input) })).json();
  };
  return {
    endpoint,
    client,
    throttle: async (Calls) => {
      await ask('Throttle', { Calls });
    },
    states: async () => ((await ask('States', {})) as { States: readonly string[] }).States,
    stop: async () => {
      client.destroy();
      const gone = new Promise((done) => child.once('exit', done));
      child.stdin.end();
      await gone;
    },
  };
}
