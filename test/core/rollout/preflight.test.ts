import { type PreflightFacts, preflight, preflightVerdict, quietRate } from '../../../lib/core/rollout/preflight';

const rules = { steps: [5, 25, 100], bakeSeconds: 600, maxBakeSeconds: 3600, judgeEverySeconds: 60, minRequests: 20 };
const live: NonNullable<PreflightFacts['live']> = {
  traffic: { hourly: Array.from({ length: 336 }, () => 6000) },
  endpoint: {
    name: 'e',
    status: 'InService',
    configName: 'c',
    variants: [{ name: 'blue', weight: 100, instanceCount: 2 }],
  },
  alarms: [{ name: 'a', state: 'OK' }],
  permissions: { checked: true, denied: [] },
};
const healthy: PreflightFacts = {
  rules,
  instanceCount: 2,
  alarmWindow: { periodSeconds: 60, periods: 2 },
  probesPerMinute: 0,
  live,
};
const find = (facts: PreflightFacts, id: string) => preflight(facts).find((check) => check.id === id);
const without = (key: 'traffic' | 'endpoint') => {
  const { [key]: _, ...rest } = live;
  return rest;
};

test('a healthy plan passes every check', () => {
  const checks = preflight(healthy);
  expect(checks.map(({ id, verdict }) => [id, verdict])).toEqual(
    [
      'instances',
      'alarm-window',
      'metric-minutes',
      'history',
      'minimum-sample',
      'endpoint',
      'alarms',
      'permissions',
    ].map((id) => [id, 'pass']),
  );
  expect(preflightVerdict(checks)).toBe('pass');
});

const at = (more: Partial<PreflightFacts['rules']>): Partial<PreflightFacts> => ({ rules: { ...rules, ...more } });
const seeing = (more: Partial<typeof live>): Partial<PreflightFacts> => ({ live: { ...live, ...more } });
const endpoint = (status: string, weight = 100) => ({
  ...live.endpoint,
  name: 'e',
  configName: 'c',
  status,
  variants: [{ name: 'blue', weight, instanceCount: 2 }],
});

test.each<[string, string, string, Partial<PreflightFacts>, RegExp]>([
  ['one instance', 'instances', 'fail', { instanceCount: 1, live: without('endpoint') }, /has 1 instance: nobody/],
  ['fewer than serve now', 'instances', 'fail', { instanceCount: 1 }, /gets 1 instances, blue has 2 now/],
  ['a bake shorter than an alarm', 'alarm-window', 'fail', at({ bakeSeconds: 119 }), /bakeSeconds of 120 would do/],
  ['a bake as long as an alarm', 'alarm-window', 'pass', at({ bakeSeconds: 120 }), /within a bake of 120 s/],
  ['a bake that no minute fits', 'metric-minutes', 'inconclusive', at({ bakeSeconds: 120 }), /after up to 180 s/],
  [
    'a longest bake that no minute fits',
    'metric-minutes',
    'fail',
    at({ bakeSeconds: 120, maxBakeSeconds: 179 }),
    /no step can be judged/,
  ],
  ['too many looks', 'history', 'fail', at({ judgeEverySeconds: 7 }), /1545 looks .* 13905 of 25000 events/],
  ['as many looks as fit', 'history', 'pass', at({ judgeEverySeconds: 8 }), /1350 looks/],
  ['no traffic known', 'minimum-sample', 'inconclusive', { live: without('traffic') }, /no request in 14 days/],
  [
    'thin traffic',
    'minimum-sample',
    'inconclusive',
    seeing({ traffic: { hourly: [60 * 20] } }),
    /give 10 in 10 min, so bakes are extended \(60 in 1 h\)/,
  ],
  ['hardly any', 'minimum-sample', 'fail', seeing({ traffic: { hourly: [60] } }), /give 3 even in 1 h/],
  [
    'hardly any, with golden requests',
    'minimum-sample',
    'pass',
    { ...seeing({ traffic: { hourly: [1] } }), probesPerMinute: 2 },
    /golden requests alone \(2 a minute\)/,
  ],
  ['no endpoint', 'endpoint', 'pass', { live: without('endpoint') }, /first release/],
  ['an endpoint in change', 'endpoint', 'inconclusive', seeing({ endpoint: endpoint('Updating') }), /waits until/],
  ['a failed endpoint', 'endpoint', 'fail', seeing({ endpoint: endpoint('Failed') }), /#endpoint-failed/],
  ['nobody serves', 'endpoint', 'fail', seeing({ endpoint: endpoint('InService', 0) }), /no variant .* above 0/],
  ['an alarm on', 'alarms', 'fail', seeing({ alarms: [{ name: 'a', state: 'ALARM' }] }), /^a on: .*#alarm-before/],
  ['an alarm missing', 'alarms', 'fail', seeing({ alarms: [{ name: 'a' }] }), /^a missing/],
  ['no alarm known', 'alarms', 'inconclusive', seeing({ alarms: [] }), /not known/],
  [
    'a denied action',
    'permissions',
    'fail',
    seeing({ permissions: { checked: true, denied: ['sagemaker:UpdateEndpoint'] } }),
    /^denied: sagemaker:UpdateEndpoint$/,
  ],
  [
    'permissions that nobody may ask about',
    'permissions',
    'inconclusive',
    seeing({ permissions: { checked: false, why: 'no iam:SimulatePrincipalPolicy' } }),
    /^could not be checked: no iam/,
  ],
])('%s', (_, id, verdict, change, reason) => {
  expect(find({ ...healthy, ...change }, id)).toEqual({ id, verdict, reason: expect.stringMatching(reason) });
});

test('without credentials the plan alone is checked, and the sample is not known', () => {
  const { live: _, ...offline } = healthy;
  const checks = preflight(offline);
  expect(checks.map(({ id }) => id)).toEqual([
    'instances',
    'alarm-window',
    'metric-minutes',
    'history',
    'minimum-sample',
  ]);
  // 20 requests in 10 minutes at 5 %: 40 a minute.
  expect(checks.at(-1)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringMatching(/it takes 40 requests a minute; traffic was not looked at/),
  });
});

test('quiet hours are the lowest tenth', () => {
  const hourly = Array.from({ length: 20 }, (_, i) => (20 - i) * 60);
  expect(quietRate({ hourly })).toBe(2);
  expect(quietRate({ hourly: [] })).toBe(0);
});
