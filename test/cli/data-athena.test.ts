import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CreateDatabaseCommand, GetTablesCommand, GlueClient } from '@aws-sdk/client-glue';
import type { ObjectStore } from '../../lib/release/objects';
import { assay } from '../support/command-line';
import type { Moto } from '../support/moto';
import { buildEnvironment, startRunStore } from '../support/pipeline-run';
import { TINY_GATES, TINY_TRAIN, tinyWorkload } from '../support/workload';

/** What Athena answers to an operation: a status and a document of its protocol. */
type Answer = readonly [status: number, document: object];

let moto: Moto;
let store: ObjectStore;
let athena: Server;
let glue: GlueClient;
let answers: Readonly<Record<string, Answer>> = {};
let asked: string[] = [];
let workload: string;

beforeAll(async () => {
  ({ moto, store } = await startRunStore());
  glue = new GlueClient({ endpoint: moto.endpoint, region: 'us-east-1' });
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'scans' } }));
  athena = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
    asked.push(operation);
    await text(request);
    const [status, document] = answers[operation] ?? [500, { message: `${operation} is not expected` }];
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(document));
  });
  await new Promise<void>((done) => athena.listen(0, '127.0.0.1', done));
  workload = tinyWorkload({ 'gates.yaml': TINY_GATES.replace('data:\n', 'data:\n  engine: athena\n') });
  expect((await assay(['golden', 'push', workload, '--bucket', 'golden'])).code).toBe(0);
}, 60_000);

afterAll(async () => {
  athena.closeAllConnections();
  await new Promise((done) => athena.close(done));
  glue.destroy();
  rmSync(workload, { recursive: true });
  await moto.stop();
});

beforeEach(() => {
  asked = [];
});

const environment = (runId: string) => ({
  ...buildEnvironment(runId),
  ASSAY_ATHENA_WORKGROUP: 'assay',
  ASSAY_ATHENA_DATABASE: 'scans',
  AWS_ENDPOINT_URL_ATHENA: `http://127.0.0.1:${(athena.address() as AddressInfo).port}`,
});

/** Prepares the release of a run and judges its data. */
async function judge(runId: string) {
  const env = environment(runId);
  expect((await assay(['release', 'prepare'], { cwd: workload, env })).code).toBe(0);
  return assay(['gate', 'data'], { env });
}

const tables = async () => (await glue.send(new GetTablesCommand({ DatabaseName: 'scans' }))).TableList;

describe('engine: athena in a run', () => {
  test('a work group that is not there is an internal error in one line, and no report says anything', async () => {
    answers = {
      StartQueryExecution: [400, { __type: 'InvalidRequestException', message: 'WorkGroup assay is not found.' }],
    };
    expect(await judge('refused')).toEqual({
      code: 70,
      out: '',
      err: 'assay: Athena: WorkGroup assay is not found. (InvalidRequestException, work group assay)\n',
    });
    expect([asked, await tables()]).toEqual([['StartQueryExecution'], []]);
    await expect(store.readText('artifacts', 'runs/refused/reports/data.json')).rejects.toThrow(/no such object/);
  });

  test('a query that Athena ends is told with its id, and its table goes', async () => {
    const Status = { State: 'FAILED', StateChangeReason: 'Bytes scanned limit was exceeded\nat line 3' };
    answers = {
      StartQueryExecution: [200, { QueryExecutionId: 'q-1' }],
      GetQueryExecution: [200, { QueryExecution: { QueryExecutionId: 'q-1', Status } }],
      StopQueryExecution: [200, {}],
    };
    const { code, err } = await judge('ended');
    expect([code, err]).toEqual([70, 'assay: Athena: Bytes scanned limit was exceeded (query q-1 failed)\n']);
    expect(await tables()).toEqual([]);
  });

  test('bytes that are not the pinned ones are never sent to Athena', async () => {
    const env = environment('stale');
    expect((await assay(['release', 'prepare'], { cwd: workload, env })).code).toBe(0);
    await store.write('golden', 'datasets/tiny/1/train.csv', TINY_TRAIN.replace('1.5', '1.6'), 'text/csv');
    answers = { StartQueryExecution: [400, { __type: 'InvalidRequestException', message: 'the holdout is asked' }] };
    const { err } = await assay(['gate', 'data'], { env });
    expect(err).toContain('the holdout is asked');
    expect(asked).toEqual(['StartQueryExecution']);
  });
});
