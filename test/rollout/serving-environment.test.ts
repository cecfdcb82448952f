import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import jsonata from 'jsonata';
import { SDK_ATTEMPTS } from '../../lib/shared/assay-function';
import { type Definition, definitionOf, type State, synthesize } from './template';

const templates: Readonly<Record<string, Template>> = {
  staging: synthesize('staging'),
  production: synthesize('production'),
};
const template = (name: string): Template => templates[name] ?? synthesize('staging');

const nextsOf = (state: State): readonly string[] =>
  [
    state.Next,
    state.Default,
    ...(state.Choices ?? []).map((c) => c.Next),
    ...(state.Catch ?? []).map((c) => c.Next),
  ].filter((next) => next !== undefined);

/** Every `{% … %}` in a state. */
function expressionsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('{%') ? [value.slice(2, -2)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}

const reachable = ({ StartAt, States }: Definition): ReadonlySet<string> => {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const next of nextsOf(States[name] ?? { Type: '' })) visit(next);
  };
  visit(StartAt);
  return seen;
};

describe.each([
  ['staging', /Deployment/],
  ['production', /Rollout/],
  ['production', /Retirement/],
  ['production', /RollbackMachine/],
  ['staging', /DrillMachine/],
])('the state machine of %s with %p', (name, id) => {
  const definition = definitionOf(template(name), id);

  test('is written in JSONata, and every expression parses', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    const expressions = expressionsIn(definition.States);
    expect(expressions.length).toBeGreaterThan(10);
    for (const expression of expressions) expect(() => jsonata(expression)).not.toThrow();
  });

  test('reaches every state, and every target exists', () => {
    for (const state of Object.values(definition.States)) {
      for (const next of nextsOf(state)) expect(definition.States).toHaveProperty([next]);
    }
    expect([...reachable(definition)].sort()).toEqual(Object.keys(definition.States).sort());
  });

  test('retries and catches every task', () => {
    const tasks = Object.values(definition.States).filter((state) => state.Type === 'Task');
    expect(tasks.length).toBeGreaterThan(1);
    for (const task of tasks.filter(({ Resource }) => String(Resource).endsWith(':lambda:invoke'))) {
      expect(task.TimeoutSeconds).toBeGreaterThan(60);
      expect(task.Retry).toEqual([
        expect.objectContaining({ ErrorEquals: ['EndpointStuck', 'LockLost', 'RollbackUnderWay'], MaxAttempts: 0 }),
        expect.objectContaining({ ErrorEquals: expect.arrayContaining(['ThrottlingException', 'States.Timeout']) }),
        expect.objectContaining({ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }),
      ]);
      expect(task.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    }
  });
});

describe('the rollout', () => {
  const { States } = definitionOf(template('production'));

  test('rolls back on every error once the variant may exist', () => {
    const shaky = ['AddVariant', 'CheckNewVariant', 'Shift', 'Judge'];
    for (const name of shaky) expect(States[name]?.Catch?.[0]?.Next).toBe('RollBack');
    expect(States['CheckNewVariantPassed?']?.Default).toBe('RollBack');
    expect(States.Decide?.Default).toBe('RollBack');
  });

  test('gives the lock back at every end', () => {
    const ends = Object.entries(States).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
    expect(ends.map(([name]) => name).sort()).toEqual(['Done', 'Failed']);
    expect(States.ReleaseLock?.Next).toBe('WentWell?');
    expect(States.ReleaseLock?.Catch?.[0]?.Next).toBe('WentWell?');
    for (const [name, state] of Object.entries(States)) {
      if (name !== 'ReleaseLock') expect(nextsOf(state)).not.toContain('WentWell?');
    }
  });

  test('moves the traffic back before it removes anything', () => {
    expect(States.RollBack?.Next).toBe('RollBackTraffic');
    expect(States['RollBackTrafficReached?']?.Choices?.[0]?.Next).toBe('RollbackVerified');
    expect(States.RollbackVerified?.Next).toBe('RemoveFailedVariant');
    expect(States.RemoveFailedVariant?.Catch?.[0]?.Next).toBe('RecordRollback');
    expect(States.RecordRollback?.Next).toBe('SettleRollback');
    expect(States.SettleRollback?.Next).toBe('RolledBack');
  });
});

describe('roles', () => {
  test('pass the execution role to SageMaker only', () => {
    template('production').hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'iam:PassRole',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('EnvironmentExecutionRole'), 'Arn'] },
            Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
          }),
        ]),
      },
    });
  });

  test('change one endpoint, and its own configurations and models', () => {
    template('production').hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['sagemaker:DeleteEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities']),
            Resource: 'arn:aws:sagemaker:us-east-1:111111111111:endpoint/churn-production',
          }),
        ]),
      },
    });
  });

  test('make models from packages, and read no documents but those that are needed', () => {
    const policies = template('production').findResources('AWS::IAM::Policy');
    const policyOf = (id: RegExp) => Object.entries(policies).find(([name]) => id.test(name))?.[1];
    expect(policyOf(/ConvergeRole/)?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Action: ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'],
        Resource: 'arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/*',
      }),
    );
    const keys = (id: RegExp) => [...JSON.stringify(policyOf(id)).matchAll(/\/runs\/([^"]+)"/g)].map(([, key]) => key);
    expect(keys(/PlanRole/)).toEqual(['*/registration.json', '*/release.json']);
    expect(keys(/ConcludeRole/)).toEqual(['*/release.json', '*/rollout.json', '*/reports/canary.*', '*/rollout.json']);
  });

  test('name "*" only for actions that know no resources', () => {
    const open = new Set([
      'ecr:GetAuthorizationToken',
      'cloudwatch:PutMetricData',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:DescribeScalingPolicies',
      'application-autoscaling:DescribeScheduledActions',
      'sagemaker:ListEndpointConfigs',
      'sagemaker:ListModels',
    ]);
    const service = /^(xray|logs):/;
    for (const policy of Object.values(template('production').findResources('AWS::IAM::Policy'))) {
      for (const statement of policy.Properties.PolicyDocument.Statement) {
        if (statement.Resource !== '*') continue;
        for (const action of [statement.Action].flat()) {
          expect(open.has(action) || service.test(action) ? 'named' : action).toBe('named');
        }
      }
    }
  });

  test.each(['staging', 'production'] as const)(
    'every function of %s asks AWS again when it is throttled',
    (environment) => {
      for (const { Properties } of Object.values(template(environment).findResources('AWS::Lambda::Function'))) {
        expect(Properties.Environment.Variables).toMatchObject({ AWS_MAX_ATTEMPTS: String(SDK_ATTEMPTS) });
      }
    },
  );

  test('the execution role is for SageMaker and reads runs only', () => {
    template('staging').hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'sagemaker.amazonaws.com' } })],
      },
    });
  });
});

describe('alarms', () => {
  const alarms = Object.values(template('production').findResources('AWS::CloudWatch::Alarm')).map((a) => a.Properties);

  test('watch errors and latency of both variants, in production only', () => {
    const watched = alarms.map(
      (a) => `${a.Dimensions.find((d: { Name: string }) => d.Name === 'VariantName').Value} ${a.MetricName}`,
    );
    expect(watched.sort()).toEqual([
      'blue Invocation5XXErrors',
      'blue InvocationModelErrors',
      'blue ModelLatency',
      'green Invocation5XXErrors',
      'green InvocationModelErrors',
      'green ModelLatency',
    ]);
    template('staging').resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  test('have no opinion without data, and say where to look', () => {
    for (const alarm of alarms) {
      expect(alarm.TreatMissingData).toBe('missing');
      expect(alarm.AlarmDescription).toMatch(/docs\/runbook\.md#variant-(errors|latency)$/);
      expect(alarm.AlarmName).toBeUndefined();
    }
  });

  test('measure latency in microseconds at the 90th percentile', () => {
    const latency = alarms.filter((alarm) => alarm.MetricName === 'ModelLatency');
    for (const alarm of latency) expect(alarm).toMatchObject({ ExtendedStatistic: 'p90', Threshold: 2_000_000 });
  });
});

test('every runbook entry that is named exists', () => {
  const root = join(__dirname, '../..');
  const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
  const named = [
    ...Object.values(template('production').findResources('AWS::CloudWatch::Alarm')).map(
      (a) => a.Properties.AlarmDescription,
    ),
    JSON.stringify(definitionOf(template('production'))),
    readFileSync(join(root, 'lib/core/rollout/refusal.ts'), 'utf8'),
  ].flatMap((text: string) => [...text.matchAll(/runbook\.md#([a-z-]+)/g)].map((match) => match[1]));
  expect(new Set(named).size).toBe(5);
  for (const entry of named) expect(runbook).toContain(`\n## ${entry}\n`);
});
