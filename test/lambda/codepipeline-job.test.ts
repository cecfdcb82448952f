import {
  CodePipelineClient,
  InvalidJobStateException,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { runJob } from '../../lambda/shared/codepipeline-job';
import { job, RUN } from './documents';

const codepipeline = mockClient(CodePipelineClient);
const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);

beforeEach(() => {
  codepipeline.reset();
  logged.mockClear();
});

const sent = (command: typeof PutJobSuccessResultCommand | typeof PutJobFailureResultCommand) =>
  codepipeline
    .calls()
    .filter(({ args }) => args[0] instanceof command)
    .map(({ args }) => args[0].input);

test('a finished job reports its summary and variables', async () => {
  await runJob(job(), async ({ runId }) => ({ summary: `done with\n${runId}`, outputVariables: { A: '1' } }));
  expect(sent(PutJobSuccessResultCommand)).toEqual([
    {
      jobId: 'job-1',
      executionDetails: { summary: `done with ${RUN}`, percentComplete: 100 },
      outputVariables: { A: '1' },
    },
  ]);
});

test('an unfinished job reports its token alone, and gets it back', async () => {
  const seen: unknown[] = [];
  await runJob(job({ runId: RUN }, 'page-1'), async (_, token) => {
    seen.push(token);
    return { continuationToken: 'page-2' };
  });
  expect(seen).toEqual(['page-1']);
  expect(sent(PutJobSuccessResultCommand)).toEqual([{ jobId: 'job-1', continuationToken: 'page-2' }]);
});

test('an error fails the job with its message on one line', async () => {
  await runJob(job(), async () => {
    throw new Error('first\n  second');
  });
  expect(sent(PutJobFailureResultCommand)).toEqual([
    { jobId: 'job-1', failureDetails: { type: 'JobFailed', message: 'first second' } },
  ]);
  expect(logged).toHaveBeenCalledTimes(1);
});

test.each([[undefined], ['{}'], ['{"runId": 1}']])('UserParameters %s fail the job by name', async (UserParameters) => {
  const event = {
    'CodePipeline.job': {
      id: 'j',
      data: { actionConfiguration: { configuration: { ...(UserParameters && { UserParameters }) } } },
    },
  };
  await runJob(event, async () => ({ summary: 'never' }));
  expect(sent(PutJobSuccessResultCommand)).toEqual([]);
  expect(sent(PutJobFailureResultCommand)).toEqual([
    expect.objectContaining({
      failureDetails: expect.objectContaining({
        message: expect.stringContaining('UserParameters must be JSON with "runId"'),
      }),
    }),
  ]);
});

test('a job that was reported before is left as it is', async () => {
  codepipeline
    .on(PutJobSuccessResultCommand)
    .rejects(new InvalidJobStateException({ message: 'already Succeeded', $metadata: {} }));
  await expect(runJob(job(), async () => ({ summary: 'again' }))).resolves.toBeUndefined();
});

test('a report that cannot be made is thrown, so that the event is delivered again', async () => {
  codepipeline.on(PutJobSuccessResultCommand).rejects(new Error('network'));
  await expect(runJob(job(), async () => ({ summary: 'x' }))).rejects.toThrow('network');
});
