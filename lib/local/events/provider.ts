import { isObject } from '../engine/json';
import type { EngineContext, ResourceProvider } from '../engine/ports';
import { physicalName } from '../provision/physical-name';
import { defined, Properties } from '../provision/properties';
import type { Schedules } from '../scheduler/schedules';
import type { EventRule, RuleBus, RuleTarget } from './bus';
import { pathKeys } from './input';
import { compilePattern } from './pattern';
import { retryPolicy } from './redelivery';

const TARGET_MEMBERS = [
  'Id',
  'Arn',
  'Input',
  'InputPath',
  'InputTransformer',
  'RoleArn',
  'RetryPolicy',
  'DeadLetterConfig',
];

/** Rules on the default bus: their event patterns, and their schedules in UTC. */
export function ruleProvider(bus: RuleBus, schedules: Schedules, context: EngineContext): ResourceProvider {
  return {
    types: ['AWS::Events::Rule'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'Name',
        'Description',
        'EventPattern',
        'ScheduleExpression',
        'State',
        'Targets',
        'EventBusName',
        'RoleArn',
      ]);
      const name = properties.text('Name') ?? physicalName(resource, 64);
      const arn = `arn:aws:events:${context.region}:${context.account}:rule/${name}`;
      const eventBus = properties.text('EventBusName') ?? 'default';
      if (eventBus !== 'default' && !eventBus.endsWith('event-bus/default'))
        throw properties.error(`EventBusName must be the default bus here; found ${eventBus}`);
      const enabled = properties.text('State') !== 'DISABLED';
      const pattern = properties.object('EventPattern');
      const targets = properties.list('Targets').map((target) => readTarget(target, properties));
      const rule = { name, arn, enabled, targets };
      bus.check(targets);
      if (pattern !== undefined) bus.putRule({ ...rule, matches: compilePattern(pattern) });
      const expression = properties.text('ScheduleExpression');
      if (expression !== undefined) schedule(expression, rule, bus, schedules);
      return { ref: name, attributes: { Arn: arn } };
    },
  };
}

/** A rule's rate is due one interval after the rule was made; Scheduler's own at once. */
function schedule(expression: string, rule: Omit<EventRule, 'matches'>, bus: RuleBus, schedules: Schedules): void {
  const times = { expression, timeZone: 'UTC', firstAtOnce: false };
  const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {}, resources: [rule.arn] };
  if (/^\s*at\(/.test(expression)) throw new Error(`the schedule ${expression} of a rule must be rate(…) or cron(…)`);
  if (rule.enabled) schedules.put(rule.arn, times, (time) => bus.fire(rule, { ...event, time }));
  else schedules.check(times);
}

function readTarget(target: unknown, properties: Properties): RuleTarget {
  if (!isObject(target)) throw properties.error(`a target must be an object; found ${JSON.stringify(target)}`);
  const unknown = Object.keys(target).find((member) => !TARGET_MEMBERS.includes(member));
  if (unknown !== undefined)
    throw properties.error(
      `target ${String(target.Id)}: ${unknown} is not supported; supported are ${TARGET_MEMBERS.join(', ')}`,
    );
  const { Id, Arn, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig } = target;
  const paths =
    isObject(InputTransformer) && isObject(InputTransformer.InputPathsMap) ? InputTransformer.InputPathsMap : {};
  const pathMap = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, String(path)]));
  for (const path of [...Object.values(pathMap), ...(InputPath === undefined ? [] : [String(InputPath)])])
    pathKeys(path);
  return {
    id: String(Id),
    arn: String(Arn),
    retry: retryPolicy(RetryPolicy),
    ...defined({
      deadLetterQueue: isObject(DeadLetterConfig) ? String(DeadLetterConfig.Arn) : undefined,
      input: Input === undefined ? undefined : String(Input),
      inputPath: InputPath === undefined ? undefined : String(InputPath),
      transformer: isObject(InputTransformer)
        ? { paths: pathMap, template: String(InputTransformer.InputTemplate) }
        : undefined,
    }),
  };
}
