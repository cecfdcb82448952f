import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { Container } from '../../../lib/local/sagemaker/runtime/container';
import { VENV } from './engine';

const folder = mkdtempSync(join(tmpdir(), 'assay-container-'));
const processes = new LocalProcessHost();
const context = { stateDir: join(folder, 'state'), processes, awsEnv: {} };
let count = 0;

/** A serving container of a script. */
function start(code: string, startupSeconds = 20): Promise<Container> {
  const name = `script-${++count}`;
  const folders = { model: join(folder, name, 'model'), code: join(folder, name, 'code'), program: 'inference.py' };
  for (const each of [folders.model, folders.code]) mkdirSync(each, { recursive: true });
  writeFileSync(join(folders.code, 'inference.py'), code);
  const environment = { SAGEMAKER_PROGRAM: 'inference.py' };
  const python = join(VENV, 'bin', 'python');
  return Container.start(context, new AbortController().signal, { name, folders, python, environment, startupSeconds });
}

afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The defaults need a model with predict(); this one doubles. */
const DOUBLE = `
class Double:
    def predict(self, rows):
        return rows.sum(axis=1) * 2 if rows.ndim > 1 else rows * 2

def model_fn(model_dir):
    return Double()
`;

describe("the toolkit's default handlers", () => {
  let container: Container;
  beforeAll(async () => {
    container = await start(DOUBLE);
  }, 30_000);
  afterAll(() => container.stop());

  const ask = async (contentType: string, body: string, accept?: string) => {
    const answer = await container.invoke({
      body: Buffer.from(body),
      contentType,
      timeoutMs: 5000,
      ...(accept !== undefined && { accept }),
    });
    return { status: answer.status, type: answer.contentType, text: answer.body.toString('latin1') };
  };

  test.each([
    ['application/json', '[[1, 2], [3, 4]]', undefined, 'application/json', '[6, 14]'],
    ['application/json; charset=utf-8', '[[1, 2]]', '*/*', 'application/json', '[6]'],
    ['text/csv', '1,2\n3,4\n', 'text/csv', 'text/csv', '6.0\n14.0\n'],
  ])('read %s and answer as accepted', async (contentType, body, accept, type, text) => {
    expect(await ask(contentType, body, accept)).toEqual({ status: 200, type, text });
  });

  test('write NPY', async () => {
    const answer = await ask('application/json', '[[1, 2]]', 'application/x-npy');
    expect([answer.status, answer.text.slice(1, 6)]).toEqual([200, 'NUMPY']);
  });

  test('refuse other content types with 415 and other accept types with 406', async () => {
    expect(await ask('image/png', 'x')).toMatchObject({ status: 415, text: expect.stringContaining('image/png') });
    expect((await ask('application/json', '[[1, 2]]', 'image/png')).status).toBe(406);
  });

  test('an exception is a 500 with its last line', async () => {
    expect(await ask('application/json', '{')).toMatchObject({
      status: 500,
      text: expect.stringMatching(/^json.decoder.JSONDecodeError: /),
    });
  });
});

test.each([
  ['no model_fn', 'x = 1', 'NotImplementedError: the serving script has no model_fn(model_dir); it is mandatory'],
  [
    'transform_fn beside input_fn',
    `${DOUBLE}\ndef transform_fn(*a): pass\ndef input_fn(*a): pass`,
    'transform_fn beside input_fn',
  ],
  ['a missing import', 'import not_installed_here', "ModuleNotFoundError: No module named 'not_installed_here'"],
  ['an exit while loading', 'import os\nos._exit(4)', 'the server exited (code 4) before it answered /ping'],
])(
  '%s is why the container does not start',
  async (_, code, reason) => {
    await expect(start(code)).rejects.toThrow(reason);
  },
  30_000,
);

test('a model that takes too long to load is stopped', async () => {
  await expect(start('import time\ntime.sleep(30)', 1)).rejects.toThrow('no answer to /ping within 1 s of its start');
});

test('an answer that is no text is refused by type', async () => {
  const container = await start(`${DOUBLE}\ndef output_fn(prediction, accept):\n    return prediction`);
  const answer = await container.invoke({
    body: Buffer.from('[[1]]'),
    contentType: 'application/json',
    timeoutMs: 5000,
  });
  expect(answer.status).toBe(500);
  expect(answer.body.toString()).toBe(
    'TypeError: output_fn returned ndarray; allowed: str, bytes, or (body, content type)',
  );
  await container.stop();
});
