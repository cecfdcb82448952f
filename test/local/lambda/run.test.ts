import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsEnvironment } from '../../../lib/local/engine/aws';
import { SystemClock } from '../../../lib/local/engine/clock';
import type { EngineContext } from '../../../lib/local/engine/ports';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { FileStateStore } from '../../../lib/local/engine/state-store';
import { RuleBus } from '../../../lib/local/events/bus';
import { functionName } from '../../../lib/local/lambda/function';
import { LambdaService } from '../../../lib/local/lambda/service';

const HANDLERS = `
exports.echo = async (event, context) => ({ event, name: context.functionName, own: process.env.OWN, region: process.env.AWS_REGION, keys: Object.keys(process.env).length });
exports.callback = (event, context, done) => setTimeout(() => done(null, 'called back'), 5);
exports.slow = async () => { console.log('before'); await new Promise((resolve) => setTimeout(resolve, 60000)); };
exports.busy = () => { for (;;); };
exports.leave = async () => process.exit(3);
exports.text = async () => { throw 'plain text'; };
let count = 0;
exports.counter = async ({ wait = 0 }) => { count += 1; await new Promise((resolve) => setTimeout(resolve, wait)); return [process.pid, count]; };
exports.stumble = async ({ how }) => {
  count += 1;
  if (how === 'throws') throw new Error('once');
  if (how === 'crashes') setTimeout(() => { throw new Error('outside'); }, 5);
  return how === 'crashes' ? new Promise(() => {}) : count;
};
exports.large = async () => 'x'.repeat(3_000_000) + '\\n';
exports.hungry = async () => { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())); };
`;

let folder: string;
let processes: LocalProcessHost;
let service: LambdaService;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-lambda-'));
  writeFileSync(join(folder, 'index.js'), HANDLERS);
  processes = new LocalProcessHost();
  const log = () => undefined;
  const context: EngineContext = {
    region: 'eu-west-1',
    account: '123456789012',
    partition: 'aws',
    endpointUrl: 'http://127.0.0.1:1',
    stateDir: folder,
    venv: folder,
    clock: new SystemClock(0.001),
    calendar: { now: () => new Date() },
    processes,
    state: new FileStateStore(join(folder, 'state')),
    events: new RuleBus({ region: 'eu-west-1', account: '123456789012', now: () => new Date(), log }),
    awsEnv: awsEnvironment('eu-west-1', 'http://127.0.0.1:1'),
    log,
  };
  service = new LambdaService(context);
  for (const name of [
    'echo',
    'callback',
    'slow',
    'busy',
    'leave',
    'text',
    'hungry',
    'absent',
    'counter',
    'stumble',
    'large',
  ]) {
    service.register({
      name,
      arn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
      codeDir: folder,
      handler: `index.${name}`,
      runtime: 'nodejs22.x',
      timeoutSeconds: name === 'slow' || name === 'busy' ? 1 : 20,
      memoryMb: 128,
      environment: { OWN: 'yes', AWS_REGION: 'not-this' },
      logGroup: `/aws/lambda/${name}`,
      role: 'arn:role',
    });
  }
});
afterAll(async () => {
  await service.close();
  await processes.close();
  rmSync(folder, { recursive: true });
});

test('an invocation gets its event, its variables and nothing else of this process', async () => {
  process.env.SECRET_OF_THE_ENGINE = 'x';
  const answer = await service.invoke('arn:aws:lambda:eu-west-1:123456789012:function:echo:live', { a: 1 });
  expect(answer).toMatchObject({ event: { a: 1 }, name: 'echo', own: 'yes', region: 'eu-west-1' });
  expect((answer as { keys: number }).keys).toBeLessThan(32);
  expect(await service.invoke('callback', {})).toBe('called back');
});

test.each([
  ['slow', 'Sandbox.Timedout', /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/],
  ['busy', 'Sandbox.Timedout', /Task timed out after 1\.00 seconds$/],
  ['leave', 'Runtime.ExitError', /Runtime exited with error: exit status 3$/],
  ['hungry', 'Runtime.ExitError', /Runtime exited with error: signal: killed$|exit status/],
  ['text', 'string', /^plain text$/],
  ['absent', 'Runtime.HandlerNotFound', /^index\.absent is undefined or not exported$/],
])('%s is reported as %s', async (name, errorType, message) => {
  await expect(service.invoke(name, {})).rejects.toMatchObject({ errorType, message: expect.stringMatching(message) });
});

test('a process that answered takes the next invocation, and two at once have two processes', async () => {
  const [first, one] = (await service.invoke('counter', {})) as [number, number];
  expect(await service.invoke('counter', {})).toEqual([first, one + 1]);
  const both = (await Promise.all([
    service.invoke('counter', { wait: 300 }),
    service.invoke('counter', { wait: 300 }),
  ])) as [number, number][];
  expect(new Set(both.map(([pid]) => pid)).size).toBe(2);
});

test('an error that the function threw leaves its process, one that nobody caught does not', async () => {
  expect(await service.invoke('stumble', {})).toBe(1);
  await expect(service.invoke('stumble', { how: 'throws' })).rejects.toMatchObject({ message: 'once' });
  expect(await service.invoke('stumble', {})).toBe(3);
  await expect(service.invoke('stumble', { how: 'crashes' })).rejects.toMatchObject({ message: 'outside' });
  expect(await service.invoke('stumble', {})).toBe(1);
});

test('a large answer with line breaks in it arrives whole', async () => {
  expect(await service.invoke('large', {})).toBe(`${'x'.repeat(3_000_000)}\n`);
});

test('what a function printed before it timed out is in its log', () => {
  expect(readFileSync(join(folder, 'logs/lambda/slow.log'), 'utf8')).toMatch(
    /^START .*\nbefore\n.*Task timed out.*\nEND/,
  );
});

test('an abort ends the process at once with the reason', async () => {
  const abort = new AbortController();
  const invocation = service.invoke('slow', {}, abort.signal);
  setTimeout(() => abort.abort(new Error('the user stopped the run')), 100);
  await expect(invocation).rejects.toThrow('the user stopped the run');
});

test('names and ARNs mean the same function; an unknown one lists the known', async () => {
  expect(
    ['f', 'f:live', '123456789012:function:f', 'arn:aws:lambda:eu-west-1:1:function:f:3'].map(functionName),
  ).toEqual(['f', 'f', 'f', 'f']);
  await expect(service.invoke('nope', {})).rejects.toThrow(
    'There is no function nope; known are absent, busy, callback, counter, echo',
  );
});
