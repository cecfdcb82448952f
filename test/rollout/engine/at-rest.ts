import type { RolloutEngine } from './engine';

/** Whatever happened: the client was answered, nothing is left behind, and the next one may come. */
export function expectAtRest(engine: RolloutEngine, traffic: Readonly<Record<string, string>>): void {
  expect(engine.sagemaker.traffic()).toEqual(traffic);
  expect(engine.items('lock')).toEqual([]);
  expect(engine.items('scaling')).toEqual([]);
  expect(engine.client.failed('green')).toEqual([]);
}
