import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { registerRollout } from '../../../lib/cli/rollout/register';
import { assay as call } from '../../support/command-line';
import { Account, CALLER } from './account';

const assay = (...args: string[]) => call(args, { register: registerRollout });
let account: Account;
beforeEach(() => {
  account = new Account();
  account.machineEnds([], {});
});
afterEach(() => account.restore());

describe('assay status', () => {
  test('says who serves, what was released, and how going back would go', async () => {
    const { code, out } = await assay('status');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'churn-production: InService',
      '',
      '  VARIANT  RELEASE  TRAFFIC  INSTANCES',
      '  blue     6        0 %      2',
      '  green    7        100 %    2',
      '',
      '  RELEASE  STATE     COMMIT        DATA            PROMOTED',
      '  7        live      777777777777  churn-golden 3  2026-01-07 08:30Z',
      '  6        warm      666666666666  churn-golden 3  2026-01-06 08:30Z',
      '  5        retained  555555555555  churn-golden 3  2026-01-05 08:30Z',
      '',
      'running:  nothing',
      expect.stringMatching(/^rollback: warm, to release 6, in about 1 min \(assumed: /),
      '',
    ]);
  });

  test('names the phase of what runs, and counts what drills have measured', async () => {
    account.put('churn-production', 'lock', {
      holder: 'arn:rollout',
      runId: 'run-8',
      since: '2026-01-08T00:00:00Z',
      action: 'rollout',
    });
    account.put('churn-staging', 'rollback#2026-01-01T00:00:00Z', {
      at: '2026-01-01T00:00:00Z',
      by: 'eve',
      reason: 'drill',
      from: 'm',
      to: 'm',
      seconds: 42,
      kind: 'drill',
      temperature: 'warm',
    });
    account.machineEnds(['Plan', 'Shift', 'Bake'], { status: 'RUNNING' });
    const { code, out } = await assay('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'assay.status/1',
      running: { action: 'rollout', runId: 'run-8', state: 'Bake', phase: 'baking' },
      rollback: { possible: true, seconds: 47, basis: 'median of the last 1 measured' },
    });
  });

  test('what is not deployed is no endpoint that serves nothing', async () => {
    const { code, err } = await assay('status', '--application', 'chum');
    expect(code).toBe(64);
    expect(err).toBe(
      'assay: chum is not deployed in us-east-1: there is no parameter /assay/chum/production; deploy it with "npx cdk deploy --all", or name another with --application\n',
    );
  });

  test('an engine that was stopped is told as such, and AWS that is out of reach as something else', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    account.ssm.on(GetParameterCommand).rejects(refused);
    await expect(assay('status')).resolves.toMatchObject({
      code: 64,
      err: 'assay: AWS does not answer (connect ECONNREFUSED 127.0.0.1:1); for an engine on this machine, set the variables that "assay run" printed\n',
    });
    const engine = jest.replaceProperty(process, 'env', { ...process.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    const { code, err } = await assay('status').finally(() => engine.restore());
    expect(code).toBe(64);
    expect(err).toMatch(/^assay: http:\/\/127\.0\.0\.1:1 does not answer .*; is "assay run" still up\?\n$/);
  });
});

describe('assay plan', () => {
  test('offline asks nobody', async () => {
    const { code, out } = await assay('plan', '--offline');
    expect(code).toBe(0);
    expect(out).toMatch(/^churn-production: 5 % → 25 % → 100 %, each baked 10 min to 1 h, judged every 1 min$/m);
    expect(out).toMatch(/roll back by hand, warm +1 min +prepare 5 s \+ weights 55 s$/m);
    expect(out).toMatch(/^PASS: nothing stands in the way of a rollout$/m);
    expect(account.ssm.calls()).toHaveLength(0);
  });

  test('with an account: traffic, endpoint, alarms, permissions, and measured times', async () => {
    account.traffic([6000, 6000]);
    account.alarms('OK');
    account.permissions(() => 'allowed');
    account.put('churn-production', 'rollback#2026-01-01T00:00:00Z', {
      at: '2026-01-01T00:00:00Z',
      seconds: 31,
      to: '6',
      from: '7',
      kind: 'manual',
      temperature: 'warm',
    });
    const { code, out } = await assay('plan', '--json');
    const plan = JSON.parse(out) as { checks: { id: string; verdict: string }[]; durations: object };
    expect(code).toBe(0);
    expect(plan.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(
      [
        'instances',
        'alarm-window',
        'metric-minutes',
        'history',
        'minimum-sample',
        'endpoint',
        'alarms',
        'permissions',
      ].map((id) => `${id} pass`),
    );
    expect(plan.durations).toMatchObject({
      changeWeights: { seconds: 31, basis: 'median of the last 1 measured' },
      changeVariants: { seconds: 600 },
    });
    const asked = account.iam.commandCalls(SimulatePrincipalPolicyCommand).map((entry) => entry.args[0].input);
    expect(asked).toContainEqual(
      expect.objectContaining({
        PolicySourceArn: 'arn:aws:iam::111111111111:role/Converge',
        ActionNames: ['iam:PassRole'],
        ResourceArns: ['arn:aws:iam::111111111111:role/Execution'],
        ContextEntries: [expect.objectContaining({ ContextKeyName: 'iam:PassedToService' })],
      }),
    );
  });

  test('an alarm and a denied action fail, each in its line', async () => {
    account.traffic([6000]);
    account.alarms('ALARM');
    account.permissions((action) => (action === 'sagemaker:UpdateEndpoint' ? 'implicitDeny' : 'allowed'));
    const { code, out } = await assay('plan');
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}✘ alarms +blue-errors, green-errors on: a rollout does not start/m);
    expect(out).toMatch(
      /^ {2}✘ permissions +denied: sagemaker:UpdateEndpoint on arn:aws:sagemaker:us-east-1:111111111111:endpoint\/churn-production$/m,
    );
    expect(out).toMatch(/^FAIL: 2 of 8 checks did not pass$/m);
  });

  test('who may not ask IAM, and who is not deployed, learns that it was not checked', async () => {
    account.traffic([6000]);
    account.alarms('OK');
    account.iam
      .on(SimulatePrincipalPolicyCommand)
      .rejects(Object.assign(new Error('not you'), { name: 'AccessDenied' }));
    const denied = await assay('plan');
    expect(denied.code).toBe(2);
    expect(denied.out).toMatch(/\? permissions +could not be checked: .*\(AccessDenied: not you\)$/m);
    const missing = await assay('plan', '--application', 'chum');
    expect(missing.code).toBe(2);
    expect(missing.out).toMatch(
      /\? account +traffic, endpoint, alarms and permissions were not looked at: chum is not deployed/m,
    );
  });
});

describe('assay rollback', () => {
  const done = {
    status: 'SUCCEEDED',
    output: JSON.stringify({
      from: '7',
      to: '6',
      seconds: 31.2,
      temperature: 'warm',
      verdict: 'pass',
      reason: 'rolled back from release 7 to 6 in 31.2 s (warm)',
    }),
  };
  const STATES = ['Begin', 'Look', 'Preempt', 'Plan', 'Traffic', 'TrafficWait', 'Verified', 'RemoveOtherVariant'];
  const started = () =>
    account.sfn.commandCalls(StartExecutionCommand).map((entry) => ({
      machine: entry.args[0].input.stateMachineArn?.split(':').at(-1),
      input: JSON.parse(entry.args[0].input.input ?? '') as object,
    }));

  test('says what it does, shows the phases, reports the seconds, and is recorded with a name', async () => {
    account.machineEnds(STATES, done);
    const { code, out, err } = await assay('rollback', '--yes', '--reason', 'scores are\n all 0.5');
    expect({ code, out }).toEqual({ code: 0, out: 'rolled back from release 7 to 6 in 31.2 s (warm)\n' });
    expect(err).toMatch(/^churn-production: from release 7 to 6 \(warm\), in about 1 min/);
    expect(err.match(/\d+ s {2}(\S+)/g)?.map((line) => line.split('  ')[1])).toEqual([
      'planning',
      'waiting',
      'planning',
      'rolling-back',
      'recording',
      'cleaning-up',
    ]);
    expect(started()).toEqual([
      { machine: 'Back-production', input: { by: CALLER, reason: 'scores are all 0.5', kind: 'manual' } },
    ]);
  });

  test.each([
    ['fail', 1],
    ['inconclusive', 2],
  ])('back, but its checks say %s: exit code %d', async (verdict, code) => {
    account.machineEnds(STATES, { ...done, output: JSON.stringify({ ...JSON.parse(done.output), verdict }) });
    await expect(assay('rollback', '--yes', '--to', '5', '--json')).resolves.toMatchObject({
      code,
      out: expect.stringContaining(`"verdict": "${verdict}"`),
    });
    expect(started()[0]?.input).toMatchObject({ to: '5' });
  });

  test.each([
    [['--to', '77'], 1, 'release "77" is unknown; retained are 7, 6, 5 (did you mean "7"?)'],
    [['--to', '7'], 1, 'release 7 has all traffic already; retained are 7, 6, 5'],
    [['--reason', ' '], 64, /It is a text of 1 to 500 characters\./],
    [['--drill', '--to', '6'], 64, '--to: a drill shifts staging to its own twin and back; it goes to no release'],
  ])('%j is refused in one line, and starts nothing', async (args, code, line) => {
    const { code: found, err } = await assay('rollback', '--yes', ...args);
    expect(found).toBe(code);
    if (typeof line === 'string') expect(err).toBe(`assay: ${line}\n`);
    else expect(err).toMatch(line);
    expect(started()).toEqual([]);
  });

  test('nobody to ask, nothing done', async () => {
    await expect(assay('rollback')).resolves.toMatchObject({
      code: 64,
      err: expect.stringMatching(/nobody can be asked here: this is no terminal; add --yes\n$/),
    });
    expect(started()).toEqual([]);
  });

  test('the machine’s own words when it fails', async () => {
    account.machineEnds(['Look'], { status: 'FAILED', error: 'RollbackFailed', cause: 'ROLLBACK FAILED: stuck' });
    await expect(assay('rollback', '--yes')).resolves.toMatchObject({
      code: 1,
      err: expect.stringMatching(/\nassay: ROLLBACK FAILED: stuck\n$/),
    });
  });

  test('a drill starts the machine of staging', async () => {
    const output = JSON.stringify({ model: 'm', seconds: 12, instancesSeconds: 300, reason: 'drill by eve: …' });
    account.machineEnds(['TakeLock', 'AddTwin', 'ShiftToTwin', 'TakeBack'], { status: 'SUCCEEDED', output });
    await expect(assay('rollback', '--drill')).resolves.toMatchObject({ code: 0, out: 'drill by eve: …\n' });
    expect(started()).toEqual([{ machine: 'Back-staging', input: { by: CALLER } }]);
  });
});
