import { isObject, type Json } from '../engine/json';
import type { EngineContext, ProvisionedResource, ResolvedResource, ResourceProvider } from '../engine/ports';
import { type Redelivery, retryPolicy } from '../events/redelivery';
import type { LambdaService } from '../lambda/service';
import { physicalName } from '../provision/physical-name';
import { defined, Properties } from '../provision/properties';
import { type Invocation, invoke } from './invocation';
import type { Schedules, ScheduleTimes } from './schedules';
import { ScheduleTargets } from './targets';

const TARGET_MEMBERS = [
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
  'EventBridgeParameters',
  'SqsParameters',
];

export interface SchedulerServices {
  readonly schedules: Schedules;
  readonly redelivery: Redelivery;
  readonly lambda: Pick<LambdaService, 'invokeLater'>;
}

/** EventBridge Scheduler. Schedules are due in calendar time; the time scale of waits does not touch them. */
export function schedulerProviders(services: SchedulerServices, context: EngineContext): readonly ResourceProvider[] {
  const targets = new ScheduleTargets(context, services.lambda);
  const place = `arn:aws:scheduler:${context.region}:${context.account}`;
  return [
    {
      types: ['AWS::Scheduler::ScheduleGroup'],
      create: async (resource) => {
        const properties = new Properties(resource).only(['Name', 'Tags']);
        const name = properties.text('Name') ?? physicalName(resource, 64);
        return { ref: name, attributes: { Arn: `${place}:schedule-group/${name}`, State: 'ACTIVE' } };
      },
    },
    {
      types: ['AWS::Scheduler::Schedule'],
      create: async (resource) => createSchedule(resource, services, targets, context),
    },
  ];
}

function createSchedule(
  resource: ResolvedResource,
  { schedules, redelivery }: SchedulerServices,
  targets: ScheduleTargets,
  context: EngineContext,
): ProvisionedResource {
  const known = ['Name', 'GroupName', 'Description', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'KmsKeyArn'];
  const bounds = ['StartDate', 'EndDate', 'FlexibleTimeWindow', 'State', 'Target'];
  const properties = new Properties(resource).only([...known, ...bounds]);
  const name = properties.text('Name') ?? physicalName(resource, 64);
  const group = properties.text('GroupName') ?? 'default';
  const arn = `arn:aws:scheduler:${context.region}:${context.account}:schedule/${group}/${name}`;
  checkWindow(properties);
  const invocation = readTarget(properties, arn, targets);
  const times = readTimes(properties);
  if (isEnabled(properties)) schedules.put(arn, times, (at) => invoke(invocation, at, redelivery, context));
  else schedules.check(times);
  return { ref: name, attributes: { Arn: arn } };
}

function readTimes(properties: Properties): ScheduleTimes {
  return {
    expression: properties.requiredText('ScheduleExpression'),
    timeZone: properties.text('ScheduleExpressionTimezone') ?? 'UTC',
    firstAtOnce: true,
    ...defined({ start: date(properties, 'StartDate'), end: date(properties, 'EndDate') }),
  };
}

function date(properties: Properties, name: string): Date | undefined {
  const text = properties.text(name);
  if (text === undefined) return undefined;
  const found = new Date(text);
  if (Number.isNaN(found.getTime())) throw properties.error(`${name} must be a time in ISO 8601; found ${text}`);
  return found;
}

function isEnabled(properties: Properties): boolean {
  const state = properties.text('State') ?? 'ENABLED';
  if (state !== 'ENABLED' && state !== 'DISABLED')
    throw properties.error(`State must be ENABLED or DISABLED; found ${state}`);
  return state === 'ENABLED';
}

/** A flexible window leaves the moment to Scheduler; here it is the window's begin. */
function checkWindow(properties: Properties): void {
  const { Mode, MaximumWindowInMinutes: minutes } = properties.object('FlexibleTimeWindow') ?? {};
  if (Mode !== 'OFF' && Mode !== 'FLEXIBLE')
    throw properties.error(`FlexibleTimeWindow.Mode must be OFF or FLEXIBLE; found ${JSON.stringify(Mode)}`);
  const length = Number(minutes);
  if (Mode === 'FLEXIBLE' && !(Number.isInteger(length) && length >= 1 && length <= 1440))
    throw properties.error(`FlexibleTimeWindow.MaximumWindowInMinutes must be 1 to 1440; found ${String(minutes)}`);
}

function readTarget(properties: Properties, scheduleArn: string, targets: ScheduleTargets): Invocation {
  const target = properties.object('Target') ?? {};
  const unknown = Object.keys(target).find((member) => !TARGET_MEMBERS.includes(member));
  if (unknown !== undefined)
    throw properties.error(`Target.${unknown} is not supported; supported are ${TARGET_MEMBERS.join(', ')}`);
  const targetArn = String(target.Arn);
  const { MessageGroupId } = member(target, 'SqsParameters');
  const { DetailType, Source } = member(target, 'EventBridgeParameters');
  const call = targets.resolve({
    arn: targetArn,
    ...(MessageGroupId !== undefined && { messageGroupId: String(MessageGroupId) }),
    ...(Source !== undefined && { eventBridge: { detailType: String(DetailType), source: String(Source) } }),
  });
  const { Arn: deadLetterQueue } = member(target, 'DeadLetterConfig');
  return {
    scheduleArn,
    targetArn,
    call,
    retry: retryPolicy(target.RetryPolicy),
    ...(target.Input !== undefined && { input: String(target.Input) }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue: String(deadLetterQueue) }),
  };
}

function member(target: Json, name: string): Json {
  const value = target[name];
  return isObject(value) ? value : {};
}
