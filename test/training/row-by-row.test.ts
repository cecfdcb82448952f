import {
  CreateModelCommand,
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ROW_BY_ROW } from '../../lib/release/row-by-row';
import { INFERENCE_SCRIPT, PROBES_SCRIPT } from '../../lib/training/contract';
import { trainedModel } from '../local/sagemaker/artifacts';
import { BUCKET, eventually, IMAGE, ROLE, TestEngine } from '../local/sagemaker/engine';
import { transformRequest } from '../local/sagemaker/requests';
import { archive, INFERENCE } from '../local/sagemaker/workload';

/** The same model in one function, which toolkits for other frameworks know. */
const TRANSFORM_FN = `
import inference_parts as parts
from inference_parts import model_fn

def transform_fn(model, body, content_type, accept):
    return parts.output_fn(parts.predict_fn(parts.input_fn(body, content_type), model), accept)
`;

const engine = new TestEngine();
let client: SageMakerClient;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  client = new SageMakerClient(engine.aws());
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  const sources: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    four: { [INFERENCE_SCRIPT]: INFERENCE },
    one: { [INFERENCE_SCRIPT]: TRANSFORM_FN, 'inference_parts.py': INFERENCE },
  };
  for (const [name, files] of Object.entries(sources)) {
    const submit = await engine.put(`${name}.tar.gz`, archive({ ...files, [PROBES_SCRIPT]: ROW_BY_ROW }));
    for (const script of [INFERENCE_SCRIPT, PROBES_SCRIPT]) {
      const Environment = { SAGEMAKER_PROGRAM: script, SAGEMAKER_SUBMIT_DIRECTORY: submit };
      const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment };
      const ModelName = `${name}-${script === PROBES_SCRIPT ? 'probes' : 'plain'}`;
      await client.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer }));
    }
  }
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

/** Transforms rows as the pipeline does; the answers of each, or the reason of the failure. */
async function transformed(model: string, rows: readonly object[]): Promise<readonly unknown[] | string> {
  const name = `${model}-${rows.length}`;
  const uri = await engine.put(`in/${name}.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await client.send(
    new CreateTransformJobCommand({
      ...transformRequest(name, model, [uri, `s3://${BUCKET}/out`]),
      DataProcessing: { JoinSource: 'Input' },
      ModelClientConfig: { InvocationsMaxRetries: 0 },
    }),
  );
  const done = await eventually(async () => {
    const found = await client.send(new DescribeTransformJobCommand({ TransformJobName: name }));
    return found.TransformJobStatus === 'InProgress' ? undefined : found;
  });
  if (done.TransformJobStatus !== 'Completed') return String(done.FailureReason);
  const text = (await engine.get(`out/${name}.jsonl.out`)).toString().trimEnd();
  return text.split('\n').map((line) => (JSON.parse(line) as { SageMakerOutput: unknown }).SageMakerOutput);
}

const GOOD = [{ x: 0.1 }, { x: 0.5 }, { x: 0.9 }];
const REFUSED = [{ x: 'many' }, { y: 1 }];
const ANSWERED = [
  ...GOOD.map(() => ({ score: expect.any(Number), release: '' })),
  { error: expect.stringMatching(/^TypeError: /) },
  { error: "KeyError: 'x'" },
];

test('what is not refused is answered as ever', async () => {
  const plain = await transformed('four-plain', GOOD);
  expect(plain).toEqual(ANSWERED.slice(0, 3));
  expect(await transformed('four-probes', GOOD)).toEqual(plain);
});

test('a refused row costs no other its answer', async () => {
  const rows = [...GOOD, ...REFUSED];
  expect(await transformed('four-plain', rows)).toMatch(/^ClientError: .*the model answered 500: /);
  expect(await transformed('four-probes', rows)).toEqual(ANSWERED);
});

test('a script in one function is served alike', async () => {
  expect(await transformed('one-probes', [...REFUSED, ...GOOD])).toEqual([
    ...ANSWERED.slice(3),
    ...ANSWERED.slice(0, 3),
  ]);
});
