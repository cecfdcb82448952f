import { CONFIG, templatesOf, testApp } from '../../infrastructure/app';
import { machines } from '../../infrastructure/asl';
import { type Bench, bench, provision } from './harness';

let b: Bench;
beforeAll(async () => {
  b = await bench();
});
afterAll(() => b.close());

test('every state machine of the app can run on one machine', async () => {
  const definitions = Object.values(templatesOf(testApp(CONFIG))).flatMap((template) =>
    Object.entries(machines(template)),
  );
  expect(definitions.length).toBeGreaterThanOrEqual(3);
  for (const [id, definition] of definitions) {
    await expect(provision(b.sfn, { ...definition }, id)).resolves.toMatch(`:stateMachine:${id}`);
  }
});
