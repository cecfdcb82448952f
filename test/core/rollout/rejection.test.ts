import type { VariantName } from '../../../lib/core/rollout/endpoint';
import { rejectionConcerns } from '../../../lib/core/rollout/rejection';
import type { RollbackFacts } from '../../../lib/core/rollout/rollback';

const arn = (version: number) => `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${version}`;
const spec = (name: VariantName) => ({ name, modelName: 'm', instanceType: 't', instanceCount: 1, weight: 1 });
const facts = (green: number, more: Partial<RollbackFacts> = {}): RollbackFacts => ({
  endpointName: 'e',
  endpoint: {
    name: 'e',
    status: 'InService',
    configName: 'c',
    variants: [
      { name: 'blue', weight: 100 - green, instanceCount: 1 },
      { name: 'green', weight: green, instanceCount: 1 },
    ],
  },
  variants: [
    { variant: spec('blue'), modelPackageArn: arn(6) },
    { variant: spec('green'), modelPackageArn: arn(7) },
  ],
  releases: [],
  live: '6',
  unfinished: false,
  configName: () => 'n',
  ...more,
});
const rejected = (version: number, more: object = {}) => ({
  modelPackageArn: arn(version),
  approval: 'Rejected',
  ownWords: false,
  ...more,
});

test.each<[string, object, RollbackFacts, boolean, string]>([
  ['the live release', {}, facts(100), true, 'release 7 has traffic'],
  ['a candidate with some traffic', {}, facts(5, { unfinished: true }), true, 'release 7 has traffic'],
  ['a candidate before its first step', {}, facts(0, { unfinished: true }), true, 'release 7 is being rolled out'],
  ['one that stands by', {}, facts(0), false, 'release 7 stands by without traffic'],
  [
    'one that stands by while another is live',
    {},
    facts(0, { unfinished: true, live: '7' }),
    false,
    'release 7 stands by without traffic',
  ],
  [
    'an echo of an automatic rollback',
    { ownWords: true },
    facts(0, { unfinished: true }),
    false,
    'release 7 was rejected by a rollback',
  ],
  [
    'our own words on a release that has traffic all the same',
    { ownWords: true },
    facts(25),
    true,
    'release 7 has traffic',
  ],
  ['approved again meanwhile', { approval: 'Approved' }, facts(100), false, 'release 7 is Approved by now'],
])('%s', (_, more, given, acts, why) => {
  expect(rejectionConcerns(rejected(7, more), given)).toEqual({ acts, why });
});

test('a release that is nowhere near the endpoint, and no endpoint at all', () => {
  const nowhere = { acts: false, why: 'release 3 is not on the endpoint' };
  expect(rejectionConcerns(rejected(3), facts(100))).toEqual(nowhere);
  const { endpoint: _, ...none } = facts(0, { variants: [] });
  expect(rejectionConcerns(rejected(3), none)).toEqual(nowhere);
});
