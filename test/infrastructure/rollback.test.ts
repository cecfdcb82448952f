import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { phaseOf } from '../../lib/core/rollout/status';
import { ROLLED_BACK_BY_HAND } from '../../lib/rollout/rollback-contract';
import { ROOT, testApp } from './app';
import { machines, statesOf } from './asl';

const { stacks } = testApp();
const staging = Template.fromStack(stacks.staging);
const production = Template.fromStack(stacks.production);
const pipeline = Template.fromStack(stacks.pipeline);
const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');
const anchors = new Set(
  [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-')),
);

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What the role of a function may do, by a part of its logical id; logs and tracing left out. */
function actionsOf(template: Template, role: RegExp): readonly string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties: { Roles } }) =>
    (Roles as readonly { readonly Ref: string }[]).some(({ Ref }) => role.test(Ref)),
  );
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as readonly Statement[]);
  const actions = statements.flatMap(({ Action }) => Action);
  return [...new Set(actions.filter((action) => !/^(logs|xray):/.test(action)))].sort();
}

describe('the rejection of the live release', () => {
  test('is heard of by a rule on the registry, for this group alone', () => {
    production.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: ['churn'], ModelApprovalStatus: ['Rejected'] },
      },
      Targets: [Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 3 } })],
    });
    staging.resourceCountIs('AWS::Events::Rule', 0);
  });

  test('may only look, and start the machine', () => {
    expect(actionsOf(production, /RollbackRejectionRole/)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'sagemaker:DescribeEndpoint',
      'sagemaker:DescribeEndpointConfig',
      'sagemaker:DescribeModel',
      'sagemaker:DescribeModelPackage',
      'states:StartExecution',
    ]);
  });
});

test.each([
  [
    'Plan',
    [
      'dynamodb:GetItem',
      'dynamodb:Query',
      'sagemaker:DescribeEndpoint',
      'sagemaker:DescribeEndpointConfig',
      'sagemaker:DescribeModel',
      'sagemaker:DescribeModelPackage',
    ],
  ],
  ['Preempt', ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'states:DescribeExecution', 'states:StopExecution']],
  [
    'Record',
    [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'sagemaker:DescribeModelPackage',
      'sagemaker:UpdateModelPackage',
    ],
  ],
])('the %s function of the rollback has what it needs and no more', (id, actions) => {
  expect(actionsOf(production, new RegExp(`Rollback${id}Role`))).toEqual(actions);
});

test('a rollback may stop rollouts and retirements, and no other rollback', () => {
  const policies = Object.entries(production.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.includes('PreemptExecutions')) ?? [];
  const statements: readonly Statement[] = policy?.Properties.PolicyDocument.Statement ?? [];
  const stop = statements.find(({ Action }) => Action === 'states:StopExecution');
  const resources = JSON.stringify(stop?.Resource);
  expect(resources).toMatch(/ServingRollout/);
  expect(resources).toMatch(/ServingRetirement/);
  expect(resources).not.toMatch(/RollbackMachine/);
});

test('the way back is rehearsed in staging, and taken in production', () => {
  expect(Object.keys(machines(staging)).filter((id) => /Drill|Rollback/.test(id))).toEqual([
    expect.stringContaining('DrillMachine'),
  ]);
  expect(Object.keys(machines(production)).filter((id) => /Drill|Rollback/.test(id))).toEqual([
    expect.stringContaining('RollbackMachine'),
  ]);
});

test('people are told how a rollback ended', () => {
  pipeline.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
  });
});

test('the command line finds each environment by the parameter of its name', () => {
  for (const [template, name] of [
    [staging, 'staging'],
    [production, 'production'],
  ] as const) {
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: `/assay/churn/${name}`, Type: 'String' });
  }
});

describe('the runbook', () => {
  test('has the entry that each alarm links', () => {
    const alarms = [staging, production, pipeline].flatMap((template) =>
      Object.entries(template.findResources('AWS::CloudWatch::Alarm')),
    );
    expect(alarms.length).toBeGreaterThanOrEqual(6);
    for (const [id, { Properties }] of alarms) {
      const link = /docs\/runbook\.md#([\w-]+)$/.exec(String(Properties.AlarmDescription))?.[1] ?? 'no link';
      expect([id, link, anchors.has(link)]).toEqual([id, link, true]);
      // The entry names the alarm.
      const name = /(Blue|Green)[A-Z][A-Za-z]+?(?=[0-9A-F]{8}$)/.exec(id)?.[0] ?? id;
      expect(runbook).toContain(`\`${name}\``);
    }
  });

  test('has an entry for each way in which a state machine of an endpoint fails', () => {
    const errors = new Set([ROLLED_BACK_BY_HAND]);
    for (const machine of [staging, production].flatMap((template) => Object.values(machines(template)))) {
      for (const { state } of statesOf(machine)) {
        const text = JSON.stringify(state);
        const found = text.matchAll(/"(?:Error|error)":"(\w+)"/g);
        for (const [, error = ''] of found) errors.add(error);
      }
    }
    expect(errors.size).toBeGreaterThan(6);
    // An entry says in its first line, in italics, which errors it is for.
    const told = [...runbook.matchAll(/^## .+\n\*([\s\S]+?)\*$/gm)].map(([, line]) => line).join('\n');
    expect([...errors].filter((error) => !told.includes(`\`${error}\``))).toEqual([]);
  });

  test('has the entry of every link in code and documents', () => {
    const files = [
      'docs/rollout.md',
      'docs/runbook.md',
      'lib/core/rollout/plan.ts',
      'lib/core/rollout/preflight.ts',
      'lib/core/rollout/rollback.ts',
      'lib/rollout/states/rollback.ts',
      'lib/rollout/states/take-back.ts',
      'lambda/observability/rollback-notice.ts',
    ];
    for (const file of files) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const own = file.endsWith('runbook.md') ? /\]\(#([\w-]+)\)/g : /runbook\.md#([\w-]+)/g;
      for (const [, link = ''] of text.matchAll(own))
        expect([file, link, anchors.has(link)]).toEqual([file, link, true]);
    }
  });
});

test('assay status knows the phase of every state that an execution can be seen in', () => {
  const unknown = [staging, production]
    .flatMap((template) => Object.values(machines(template)))
    .flatMap(statesOf)
    .filter(({ state }) => state.Type === 'Task' || state.Type === 'Wait')
    .map(({ name }) => name)
    .filter((name) => phaseOf(name) === 'unknown');
  expect(unknown).toEqual([]);
});
