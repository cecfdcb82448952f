import { nextMove } from '../../../lib/core/rollout/converge';
import { type DrillFacts, planDrill } from '../../../lib/core/rollout/drill';

const spec = {
  name: 'blue',
  modelName: 'model-7',
  instanceType: 'ml.m5.large',
  instanceCount: 2,
  weight: 100,
} as const;
const facts = (more: Partial<NonNullable<DrillFacts['endpoint']>> = {}): DrillFacts => ({
  endpointName: 'churn-staging',
  endpoint: {
    name: 'churn-staging',
    status: 'InService',
    configName: 'before',
    variants: [{ name: 'blue', weight: 100, instanceCount: 2 }],
    ...more,
  },
  variants: [{ variant: spec }],
  configName: (variants) => `made-${variants.length}`,
});
const attempts = { asks: 0, maxAsks: 1 };

test('a twin at weight 0, all traffic to it and back, and the endpoint as it was', () => {
  const plan = planDrill(facts());
  if (plan.kind !== 'drill') throw new Error(plan.reason);
  expect(plan.add).toEqual({
    kind: 'fleet',
    fleet: { configName: 'made-2', variants: [spec, { ...spec, name: 'green', weight: 0 }] },
  });
  expect(plan.away).toEqual({ kind: 'weights', weights: { blue: 0, green: 100 } });
  expect(plan.back).toEqual({ kind: 'weights', weights: { blue: 100, green: 0 } });
  // What was there before is as good as a configuration made for it.
  expect(nextMove(facts().endpoint, plan.remove, attempts)).toEqual({ do: 'done' });
});

test('a drill that was cut short is cleaned up by the next', () => {
  const variants = [
    { name: 'blue', weight: 0, instanceCount: 2 },
    { name: 'green', weight: 100, instanceCount: 2 },
  ];
  const left = {
    ...facts({ configName: 'made-2', variants }),
    variants: [{ variant: { ...spec, name: 'green' as const } }],
  };
  const plan = planDrill(left);
  if (plan.kind !== 'drill') throw new Error(plan.reason);
  expect(plan.back).toEqual({ kind: 'weights', weights: { blue: 0, green: 100 } });
  expect(nextMove(left.endpoint, plan.remove, attempts)).toEqual({ do: 'update' });
});

test.each([
  ['Updating', 'wait', 'endpoint churn-staging is Updating'],
  ['Failed', 'refused', 'endpoint churn-staging is Failed: SageMaker gave no reason'],
])('%s: %s', (status, kind, reason) => expect(planDrill(facts({ status }))).toEqual({ kind, reason }));

test('nothing serves', () => {
  const { endpoint: _, ...rest } = facts();
  expect(planDrill(rest)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('a run of the pipeline makes it'),
  });
  const idle = facts({ variants: [{ name: 'blue', weight: 0, instanceCount: 2 }] });
  expect(planDrill(idle)).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('no variant blue or green'),
  });
});
