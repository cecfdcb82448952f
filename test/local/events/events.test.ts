import { RuleBus } from '../../../lib/local/events/bus';
import { targetInput } from '../../../lib/local/events/input';
import { compilePattern } from '../../../lib/local/events/pattern';
import { retryPolicy } from '../../../lib/local/events/redelivery';

const event = {
  source: 'aws.codepipeline',
  'detail-type': 'CodePipeline Stage Execution State Change',
  time: '2026-11-21T10:00:00Z',
  resources: ['arn:aws:codepipeline:us-east-1:1:churn'],
  detail: {
    state: 'FAILED',
    stage: 'ModelTests',
    version: 3,
    reason: 'say "no"',
    tags: ['a', 'b'],
    nothing: null,
    actions: [{ name: 'Evaluate' }, { name: 'Verdict' }],
  },
};

describe('input of a target', () => {
  const rule = { name: 'r', arn: 'arn:r' };
  const transform = (template: string) =>
    targetInput(
      {
        transformer: {
          paths: {
            reason: '$.detail.reason',
            detail: '$.detail.actions[0]',
            type: "$['detail-type']",
            gone: '$.detail.gone',
          },
          template,
        },
      },
      event,
      rule,
    );

  test('the event, a part of it, or a constant', () => {
    expect(JSON.parse(targetInput({}, event, rule))).toEqual(event);
    expect(targetInput({ inputPath: '$.detail.stage' }, event, rule)).toBe('"ModelTests"');
    expect(targetInput({ input: '{"a":1}' }, event, rule)).toBe('{"a":1}');
  });

  test('a template takes values as JSON, and inside quotes as text', () => {
    const filled = JSON.parse(
      transform('{"why": <reason>, "first": <detail>, "text": "<type>: <reason> by <aws.events.rule-name><gone>"}'),
    );
    expect(filled).toEqual({
      why: 'say "no"',
      first: { name: 'Evaluate' },
      text: 'CodePipeline Stage Execution State Change: say "no" by r',
    });
    expect(() => targetInput({ inputPath: '$.detail.*' }, event, rule)).toThrow(
      'The JSON path $.detail.* is not supported',
    );
  });
});

describe('RuleBus', () => {
  const lines: string[] = [];
  const bus = new RuleBus({
    region: 'us-east-1',
    account: '123456789012',
    now: () => new Date('2026-11-21T10:00:00.7Z'),
    log: (line) => lines.push(line),
  });
  const rule = (name: string, arn: string, enabled = true) => ({
    name,
    arn: `arn:${name}`,
    enabled,
    matches: compilePattern({ source: ['shop'] }),
    targets: [{ id: 'T', arn, retry: retryPolicy(undefined) }],
  });

  test('delivers whole events to every enabled rule, waits for events of deliveries, and shows failures', async () => {
    const got: string[] = [];
    bus.target('arn:aws:good:', async ({ input, rule: by }) => {
      got.push(`${by.name} ${JSON.parse(input).detail.n}`);
      if (got.length === 1) bus.publish({ source: 'shop', 'detail-type': 'Next', detail: { n: 2 } });
    });
    bus.target('arn:aws:bad:', async () => {
      throw new Error('unreachable');
    });
    bus.putRule(rule('one', 'arn:aws:good:x'));
    bus.putRule(rule('two', 'arn:aws:bad:y'));
    bus.putRule(rule('off', 'arn:aws:good:x', false));
    bus.publish({ source: 'shop', 'detail-type': 'First', detail: { n: 1 } });
    bus.publish({ source: 'elsewhere', 'detail-type': 'First', detail: { n: 3 } });
    await bus.drain();
    expect(got).toEqual(['one 1', 'one 2']);
    expect(lines).toEqual(bus.failures);
    expect(lines[0]).toBe('event "First" was not delivered by rule two to arn:aws:bad:y: unreachable');
  });

  test('a target that nobody reaches is refused', () => {
    expect(() => bus.putRule(rule('far', 'arn:aws:kinesis:z'))).toThrow(
      'the target arn:aws:kinesis:z cannot be reached here; reachable are arn:aws:bad:, arn:aws:good:',
    );
  });
});
