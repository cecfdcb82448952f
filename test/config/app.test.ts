import configuration from '../../assay.config';
import { type AppConfigInput, ConfigError, loadAppConfig } from '../../lib/config/app';
import { defaultImage, parseEcrImage } from '../../lib/config/images';

const MINIMAL: AppConfigInput = { source: { type: 'codecommit', repository: 'churn' } };

const problemsOf = (input: unknown): readonly string[] => {
  try {
    loadAppConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test('the configuration of this repository is valid', () => {
  expect(problemsOf(configuration)).toEqual([]);
});

test('a source is all that must be said', () => {
  expect(loadAppConfig(MINIMAL)).toEqual({
    application: 'churn',
    region: 'us-east-1',
    workload: { path: 'examples/churn', repository: 'combined' },
    source: { type: 'codecommit', repository: 'churn', branch: 'main' },
    environments: {
      staging: { instanceType: 'ml.m5.large', instanceCount: 1 },
      production: { instanceType: 'ml.m5.large', instanceCount: 1, approval: { required: true, timeoutHours: 168 } },
    },
    training: { instanceType: 'ml.m5.large', volumeGiB: 10, maxRuntimeMinutes: 60 },
    image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3',
    triggers: {
      schedule: { enabled: true, cron: '0 6 ? * MON *', timeZone: 'UTC' },
      newData: { enabled: true, settleMinutes: 15 },
      drift: { enabled: true },
      degradation: { enabled: true },
      webhook: expect.objectContaining({ enabled: true }),
      policy: { coolDownHours: 6, maxRunsPerDay: 6 },
    },
    notifications: { emails: [], chat: {} },
    pullRequests: { enabled: true, host: 'github' },
  });
});

test('every problem is reported at once: where, what is allowed, what was found', () => {
  const problems = problemsOf({
    application: 'Churn_1',
    region: 'mars',
    source: { type: 'connection', connectionArn: 'arn', repository: 'churn' },
    training: { volumeGiB: 0 },
    colour: 'red',
  });
  expect(problems).toEqual(
    expect.arrayContaining([
      'application: has lower-case letters, digits and single hyphens, and starts with a letter; found "Churn_1"',
      'region: is an AWS region, e.g. us-east-1; found "mars"',
      expect.stringMatching(/^source\.connectionArn: is the ARN of a connection.*; found "arn"$/),
      'source.repository: is "owner/name"; found "churn"',
      expect.stringMatching(/^training\.volumeGiB: .*; found 0$/),
      'the configuration: unknown "colour"',
    ]),
  );
  expect(problems).toHaveLength(6);
});

test.each([[undefined], [null], ['text'], [{}]])('%j is refused with a line, not with a stack trace', (input) => {
  expect(problemsOf(input).length).toBeGreaterThan(0);
});

test('a schedule is one that EventBridge Scheduler takes, in a time zone that there is', () => {
  const triggers = { schedule: { cron: '0 6 * * MON *', timeZone: 'Europe/Atlantis' }, policy: { maxRunsPerDay: 0 } };
  expect(problemsOf({ ...MINIMAL, triggers })).toEqual([
    'triggers.schedule.cron: has six fields (minute 0-59, hour 0-23, day-of-month 1-31, month 1-12 or JAN-DEC, day-of-week 1-7 or SUN-SAT, year 1970-2199) of which day-of-month or day-of-week is "?", e.g. "0 6 ? * MON *"; found "0 6 * * MON *"',
    'triggers.schedule.timeZone: is a time zone of the IANA database, e.g. Europe/Berlin; found "Europe/Atlantis"',
    expect.stringMatching(/^triggers\.policy\.maxRunsPerDay: .*; found 0$/),
  ]);
  for (const cron of [
    '0 6 ? * MON-FRI *',
    '15 10 L * ? 2026-2030',
    '0/15 * ? * 2#1 *',
    '0 0 15W JAN,jul ? *',
    '0 0 ? * 6L *',
  ]) {
    expect(problemsOf({ ...MINIMAL, triggers: { schedule: { cron, timeZone: 'Europe/Berlin' } } })).toEqual([]);
  }
  // EventBridge Scheduler would refuse them, minutes into the deployment.
  for (const cron of [
    '0 25 ? * MON *',
    '60 6 ? * MON *',
    '0 6 0 * ? *',
    '0 6 ? 13 MON *',
    '0 6 ? * MOO *',
    '0 6 ? * 8 *',
  ]) {
    expect(problemsOf({ ...MINIMAL, triggers: { schedule: { cron } } })[0]).toMatch(
      /^triggers\.schedule\.cron: has six fields/,
    );
  }
});

test('a region without a known image asks for one', () => {
  expect(problemsOf({ ...MINIMAL, region: 'us-gov-west-1' })).toEqual([
    'image: no default image is known for the region us-gov-west-1; set "image" to an image URI that trains and serves',
  ]);
  const image = '111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/ml/train:1';
  expect(problemsOf({ ...MINIMAL, region: 'us-gov-west-1', image })).toEqual([]);
});

test('an image can be pinned and pulled, which is told with every other problem', () => {
  const foreign = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/ml/train:1';
  expect(problemsOf({ ...MINIMAL, application: 'No', image: foreign })).toEqual([
    expect.stringMatching(/^application: /),
    `image: is in the region us-east-1, from where SageMaker pulls it; found "${foreign}"`,
  ]);
  expect(problemsOf({ ...MINIMAL, image: 'repo/image:1' })).toEqual([
    'image: is <account>.dkr.ecr.us-east-1.amazonaws.com/<repository>:<tag>, or any image with @sha256:<digest>; found "repo/image:1"',
  ]);
  expect(problemsOf({ ...MINIMAL, image: `registry.example.com/train@sha256:${'0'.repeat(64)}` })).toEqual([]);
});

test('a workload of its own repository lies at its root, under its own name', () => {
  expect(loadAppConfig(MINIMAL, { ownRepository: true, application: 'telco' })).toMatchObject({
    application: 'telco',
    workload: { path: '.', repository: 'own' },
  });
  expect(() => loadAppConfig(MINIMAL, { application: 'Not Valid' })).toThrow('application: has lower-case letters');
});

test('image URIs are taken apart where they are of ECR', () => {
  expect(parseEcrImage(defaultImage('eu-west-1') ?? '')).toEqual({
    account: '141502667606',
    region: 'eu-west-1',
    repository: 'sagemaker-scikit-learn',
    tag: '1.4-2-cpu-py3',
  });
  const digest = `sha256:${'0'.repeat(64)}`;
  expect(parseEcrImage(`111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/ml/train@${digest}`)).toEqual({
    account: '111122223333',
    region: 'cn-north-1',
    repository: 'ml/train',
    digest,
  });
  expect(parseEcrImage('docker.io/library/python:3')).toBeUndefined();
});
