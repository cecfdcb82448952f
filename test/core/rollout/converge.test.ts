import { type Move, nextMove, type Target } from '../../../lib/core/rollout/converge';
import { type EndpointState, servingVariant, sharesMatch } from '../../../lib/core/rollout/endpoint';

const endpoint = (more: Partial<EndpointState> = {}): EndpointState => ({
  name: 'e',
  status: 'InService',
  configName: 'pair',
  variants: [
    { name: 'blue', weight: 100, instanceCount: 1 },
    { name: 'green', weight: 0, instanceCount: 1 },
  ],
  ...more,
});
const spec = { modelName: 'm', instanceType: 'ml.m5.large', instanceCount: 1 };
const fleet: Target = {
  kind: 'fleet',
  fleet: {
    configName: 'pair',
    variants: [
      { ...spec, name: 'blue', weight: 100 },
      { ...spec, name: 'green', weight: 0 },
    ],
  },
};
const weights: Target = { kind: 'weights', weights: { blue: 95, green: 5 } };
const fresh = { asks: 0, maxAsks: 1 };
const spent = { asks: 1, maxAsks: 1 };
const next = (state: EndpointState | undefined, target: Target, attempts = fresh): Move =>
  nextMove(state, target, attempts);

describe('nextMove', () => {
  test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])(
    'waits while %s, whatever is wanted',
    (status) => {
      for (const target of [fleet, weights, { kind: 'absent' } as const]) {
        expect(next(endpoint({ status }), target).do).toBe('wait');
      }
    },
  );

  test('creates what is missing, once', () => {
    expect(next(undefined, fleet).do).toBe('create');
    expect(next(undefined, fleet, spent)).toMatchObject({ do: 'fail' });
    expect(next(undefined, { kind: 'absent' }).do).toBe('done');
    expect(next(undefined, weights).do).toBe('fail');
  });

  test('InService with another configuration is not done', () => {
    expect(next(endpoint({ configName: 'old' }), fleet).do).toBe('update');
    expect(next(endpoint({ configName: 'old', failureReason: 'no capacity' }), fleet, spent)).toEqual({
      do: 'fail',
      reason:
        'endpoint e was asked 1 times to take configuration pair and is InService with configuration old and weights blue 100, green 0: no capacity',
    });
  });

  test('accepts the other configuration where one is as good', () => {
    expect(next(endpoint({ configName: 'old' }), { ...fleet, orConfig: 'old' }).do).toBe('done');
  });

  test('weights left by an interrupted execution are set back', () => {
    const left = endpoint({
      variants: [
        { name: 'blue', weight: 75, instanceCount: 1 },
        { name: 'green', weight: 25, instanceCount: 1 },
      ],
    });
    expect(next(left, fleet).do).toBe('weigh');
  });

  test('weights are done when the shares are right', () => {
    expect(next(endpoint(), weights).do).toBe('weigh');
    expect(next(endpoint(), { kind: 'weights', weights: { blue: 1, green: 0 } }).do).toBe('done');
    expect(next(endpoint(), weights, spent).do).toBe('fail');
  });

  test('a fleet is there when its weights and instances have arrived; weights alone do not wait for instances', () => {
    const starting = endpoint({
      variants: [
        { name: 'blue', weight: 100, desiredWeight: 100, instanceCount: 1, currentInstanceCount: 1 },
        { name: 'green', weight: 0, instanceCount: 2, currentInstanceCount: 1 },
      ],
    });
    expect(next(starting, fleet)).toEqual({ do: 'wait', why: 'endpoint e: variant green has 1 of 2 instances' });
    expect(next(starting, { kind: 'weights', weights: { blue: 100, green: 0 } }).do).toBe('done');
    const shifting = endpoint({ variants: [{ name: 'blue', weight: 100, desiredWeight: 75, instanceCount: 1 }] });
    expect(next(shifting, fleet)).toEqual({
      do: 'wait',
      why: 'endpoint e: variant blue has weight 100 and is to have 75',
    });
  });

  test.each(['Failed', 'UpdateRollbackFailed', 'OutOfService'])(
    'an endpoint that is %s is replaced only where that is allowed',
    (status) => {
      const broken = endpoint({ status });
      expect(next(broken, fleet)).toEqual({ do: 'fail', reason: `endpoint e is ${status}: SageMaker gave no reason` });
      expect(next(broken, { ...fleet, replaceFailed: true }).do).toBe('delete');
    },
  );

  test('a failed endpoint is replaced only where that is allowed', () => {
    const failed = endpoint({ status: 'Failed', failureReason: 'ping failed' });
    expect(next(failed, fleet)).toEqual({ do: 'fail', reason: 'endpoint e is Failed: ping failed' });
    expect(next(failed, { ...fleet, replaceFailed: true }).do).toBe('delete');
    expect(next(failed, { ...fleet, replaceFailed: true }, spent).do).toBe('fail');
    expect(next(failed, { kind: 'absent' }).do).toBe('delete');
  });
});

test('the serving variant is the one with the greatest weight; none has it when all are 0', () => {
  expect(servingVariant(endpoint())?.name).toBe('blue');
  expect(servingVariant(endpoint({ variants: [{ name: 'blue', weight: 0, instanceCount: 1 }] }))).toBeUndefined();
});

test('shares of an endpoint without any weight match nothing', () => {
  expect(sharesMatch(endpoint({ variants: [{ name: 'blue', weight: 0, instanceCount: 1 }] }), { blue: 0 })).toBe(false);
});
