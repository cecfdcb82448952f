import {
  CreateModelCommand,
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  type DescribeTransformJobCommandOutput,
  SageMakerClient,
  type TransformInput,
} from '@aws-sdk/client-sagemaker';
import { trainedModel } from './artifacts';
import { BUCKET, eventually, IMAGE, ROLE, TestEngine } from './engine';
import { transformRequest } from './requests';
import { archive, INFERENCE } from './workload';

const engine = new TestEngine();
let client: SageMakerClient;
const RECORDS = Array.from({ length: 25 }, (_, i) => ({ id: `c-${i}`, x: i / 25 }));

/** Echoes each CSV row's first column; sums are easy to foresee. */
const CSV = `
def model_fn(model_dir):
    return None

def transform_fn(model, body, content_type, accept):
    rows = [line.split(",") for line in body.strip().splitlines()]
    return "\\n".join(str(float(row[0]) * 2) for row in rows), "text/csv"
`;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  client = new SageMakerClient(engine.aws());
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  const model = async (name: string, code: string, more: Record<string, string> = {}) => {
    const submit = await engine.put(`${name}.tar.gz`, archive({ 'inference.py': code }));
    const script = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: submit };
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment: { ...script, ...more } };
    await client.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
  };
  await model('churn', INFERENCE);
  await model('miscounts', INFERENCE, { BREAK: 'count' });
  await model('broken', INFERENCE, { BREAK: 'model' });
  await model('csv', CSV);
  await engine.put('in/holdout.jsonl', RECORDS.map((each) => JSON.stringify(each)).join('\n'));
  await engine.put('in/more/tail.jsonl', `${JSON.stringify(RECORDS[3])}\n`);
  await engine.put('rows.csv', '1,a\n2,b\n3,c\n');
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const from = (key: string, ContentType: string): TransformInput => ({
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/${key}` } },
  ContentType,
  SplitType: 'Line',
});

const job = (
  name: string,
  more: Partial<CreateTransformJobCommandInput> = {},
  type = 'application/jsonlines',
): CreateTransformJobCommandInput => ({
  ...transformRequest(name, 'churn', [`s3://${BUCKET}/in/`, `s3://${BUCKET}/out/${name}`], type),
  ...more,
});

async function run(input: CreateTransformJobCommandInput): Promise<DescribeTransformJobCommandOutput> {
  await client.send(new CreateTransformJobCommand(input));
  const { TransformJobName } = input;
  return eventually(async () => {
    const found = await client.send(new DescribeTransformJobCommand({ TransformJobName }));
    return found.TransformJobStatus === 'InProgress' ? undefined : found;
  });
}

const lines = async (key: string) => {
  const text = (await engine.get(key)).toString();
  expect(text.endsWith('\n')).toBe(true);
  return text.trimEnd().split('\n');
};

test('each input record is joined with its score, in order, object by object', async () => {
  const done = await run(job('joined', { DataProcessing: { JoinSource: 'Input' }, MaxConcurrentTransforms: 2 }));
  expect(done.FailureReason).toBeUndefined();
  expect(done.TransformJobStatus).toBe('Completed');
  const joined = (await lines('out/joined/holdout.jsonl.out')).map((line) => JSON.parse(line));
  expect(joined.map(({ id, x }) => ({ id, x }))).toEqual(RECORDS);
  const scores = joined.map((each) => each.SageMakerOutput.score);
  expect(scores).toEqual([...scores].sort((a, b) => a - b));
  expect(await lines('out/joined/more/tail.jsonl.out')).toEqual([expect.stringContaining('"id":"c-3"')]);
  const types = engine.events.map((event) => [event['detail-type'], event.detail.TransformJobStatus]);
  expect(types).toContainEqual(['SageMaker Transform Job State Change', 'Completed']);
});

test('one request a record gives the same answers', async () => {
  await run(job('single', { DataProcessing: { JoinSource: 'Input' }, BatchStrategy: 'SingleRecord' }));
  expect(await lines('out/single/holdout.jsonl.out')).toEqual(await lines('out/joined/holdout.jsonl.out'));
});

test('CSV rows gain a column', async () => {
  const base = job('csv', { ModelName: 'csv', DataProcessing: { JoinSource: 'Input' } }, 'text/csv');
  const done = await run({ ...base, TransformInput: from('rows.csv', 'text/csv') });
  expect(done.FailureReason).toBeUndefined();
  expect(await lines('out/csv/rows.csv.out')).toEqual(['1,a,2.0', '2,b,4.0', '3,c,6.0']);
});

test('a container that answers too few records fails the job', async () => {
  const done = await run(job('short', { ModelName: 'miscounts', DataProcessing: { JoinSource: 'Input' } }));
  expect(done.TransformJobStatus).toBe('Failed');
  expect(done.FailureReason).toBe(
    `ClientError: s3://${BUCKET}/in/holdout.jsonl: the number of records in the output (24) is not that of the input (25), so they cannot be joined`,
  );
});

test("an error answer fails the job with the container's words", async () => {
  const base = job('refused', { ModelClientConfig: { InvocationsMaxRetries: 0 } });
  const done = await run({ ...base, TransformInput: from('in/', 'text/plain') });
  expect(done.FailureReason).toBe(
    `ClientError: s3://${BUCKET}/in/holdout.jsonl: the model answered 500: ValueError: content type text/plain`,
  );
});

test('a model that does not load fails the job with its last error', async () => {
  const done = await run(job('unloadable', { ModelName: 'broken' }));
  expect(done.FailureReason).toBe(
    "ClientError: the model's container did not start: RuntimeError: fingerprint differs: numpy 1.0 was expected",
  );
});

describe('a request is refused', () => {
  test.each([
    ['a used name', job('joined'), 'ResourceInUse', 'joined'],
    ['an unknown model', job('x', { ModelName: 'nothing' }), 'ValidationException', 'Could not find model'],
    ['a filter', job('x', { DataProcessing: { InputFilter: '$.x' } }), 'ValidationException', 'InputFilter $.x'],
    [
      'a join of whole files',
      { ...job('x', { DataProcessing: { JoinSource: 'Input' } }), TransformOutput: { S3OutputPath: 's3://a/b' } },
      'ValidationException',
      'AssembleWith None',
    ],
  ] as const)('for %s', async (_, input, name, words) => {
    await expect(client.send(new CreateTransformJobCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(words),
    });
  });
});
