import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { handler, RESERVE_MS } from '../../lambda/serving/end-to-end';
import { packageArn, RUN, setEnvironment } from '../rollout/run-fixture';
import { World } from './world';

const codepipeline = mockClient(CodePipelineClient);
const job = {
  'CodePipeline.job': {
    id: 'job-1',
    data: { actionConfiguration: { configuration: { UserParameters: JSON.stringify({ runId: RUN }) } } },
  },
};
const within = (milliseconds: number) => ({ getRemainingTimeInMillis: () => milliseconds });

let world: World;
beforeEach(() => {
  setEnvironment('staging');
  world = new World();
  codepipeline.reset();
});
afterEach(() => world.close());

const answerWith = (answer: (row: Readonly<Record<string, unknown>>) => unknown): void => {
  world.answer = answer;
};

test('a job succeeds with a summary, and both forms of the report are written', async () => {
  await handler(job, within(600_000));
  const [call] = codepipeline.commandCalls(PutJobSuccessResultCommand);
  expect(call?.args[0].input).toMatchObject({
    jobId: 'job-1',
    executionDetails: { summary: expect.stringMatching(/^5 golden rows answered/) },
  });
  expect(world.document('reports/serving-staging.json')).toMatchObject({ gate: 'serving', verdict: 'pass' });
  expect(world.objects.get(`runs/${RUN}/reports/serving-staging.html`)).toMatch(/^<!doctype html>/i);
});

test('a job fails with the one-line reason', async () => {
  answerWith(() => ({ scores: 0.2 }));
  await handler(job, within(600_000));
  const [call] = codepipeline.commandCalls(PutJobFailureResultCommand);
  expect(call?.args[0].input.failureDetails).toEqual({
    type: 'JobFailed',
    message: 'answer to row C-0 has no "predictions[0].score": found {"scores":0.2} (and 4 more answers)',
  });
  expect(world.document('reports/serving-staging.json')).toMatchObject({ verdict: 'fail' });
});

test('an error of the model is a failed check that quotes it', async () => {
  world.modelFails = true;
  const result = await handler({ runId: RUN }, within(600_000));
  expect(result).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('the model answered 500: KeyError: tenure'),
  });
});

test('time that ran out is inconclusive, and a job then fails', async () => {
  await expect(handler({ runId: RUN }, within(0))).resolves.toMatchObject({ verdict: 'inconclusive' });
  await handler(job, within(0));
  expect(codepipeline.commandCalls(PutJobFailureResultCommand)).toHaveLength(1);
});

test('no request begins that could outlast the function', async () => {
  await expect(handler({ runId: RUN }, within(RESERVE_MS))).resolves.toMatchObject({ verdict: 'inconclusive' });
  expect(world.requests).toEqual([]);
  // SageMaker waits 60 s for a container's answer; after that the report has to be written.
  expect(RESERVE_MS).toBeGreaterThanOrEqual(60_000 + 15_000);
});

test('requests go to the variant that is named, and an answer of another one is refused', async () => {
  world.servedBy = 'blue';
  const result = await handler({ runId: RUN, targetVariant: 'green' }, within(600_000));
  expect(new Set(world.requests)).toEqual(new Set(['green']));
  expect(result).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('variant blue answered instead of green'),
  });
});

test('a budget of percentiles, throughput, size and errors is judged on requests over the wire', async () => {
  world.close();
  const serving = {
    latency: { percentiles: { p50: 1000, p95: 2000 }, decide: 'upper-bound', ratePerSecond: 400 },
    throughput: { minRequestsPerSecond: 1, concurrency: 3, seconds: 1 },
    maxAnswerBytes: 10_000,
    errors: { maxRate: 0.2, decide: 'upper-bound' },
  };
  world = new World(serving);
  await expect(handler({ runId: RUN }, within(600_000))).resolves.toMatchObject({ verdict: 'pass' });
  const report = world.document('reports/serving-staging.json') as {
    checks: { id: string; evidence: Record<string, unknown> }[];
  };
  const evidence = new Map(report.checks.map((check) => [check.id, check.evidence]));
  // 72 requests bound the 95th percentile at 95 %.
  expect(evidence.get('serving.latency.p95')).toMatchObject({
    n: 72,
    interval: [expect.any(Number), expect.any(Number)],
  });
  const load = Number(evidence.get('serving.throughput')?.n);
  expect(evidence.get('serving.throughput')).toMatchObject({ concurrency: 3 });
  expect(load).toBeGreaterThan(30);
  expect(evidence.get('serving.size')?.estimate).toBe('{"predictions":[{"score":0.4}]}'.length);
  expect(evidence.get('serving.errors')).toMatchObject({ errors: 0, n: 72 + load });
});

test('a run without predictions fails by name', async () => {
  world.objects.delete(`runs/${RUN}/predictions/challenger/holdout.jsonl.out`);
  await handler(job, within(600_000));
  const [call] = codepipeline.commandCalls(PutJobFailureResultCommand);
  expect(call?.args[0].input.failureDetails?.message).toContain(
    'predictions/challenger/holdout.jsonl.out does not exist',
  );
});

test('the package that was registered is named in the report', async () => {
  world.objects.set(`runs/${RUN}/registration.json`, JSON.stringify({ modelPackageArn: packageArn(4) }));
  await handler({ runId: RUN }, within(600_000));
  expect(world.document('reports/serving-staging.json')).toMatchObject({
    release: { model: packageArn(4), commit: 'abc' },
  });
});
