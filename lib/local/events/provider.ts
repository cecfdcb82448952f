import { isObject } from '../engine/json';
import type { EngineContext, ResourceProvider } from '../engine/ports';
import { physicalName } from '../provision/physical-name';
import { defined, Properties } from '../provision/properties';
import type { RuleBus, RuleTarget } from './bus';
import { pathKeys } from './input';
import { compilePattern } from './pattern';

const TARGET_MEMBERS = ['Id', 'Arn', 'Input', 'InputPath', 'InputTransformer', 'RoleArn', 'RetryPolicy'];

/** Rules on the default bus. Schedules are refused unless disabled: nothing waits for tomorrow on one machine. */
export function ruleProvider(bus: RuleBus, context: EngineContext): ResourceProvider {
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
      const schedule = properties.text('ScheduleExpression');
      if (schedule !== undefined && enabled) {
        throw properties.error(
          `ScheduleExpression ${schedule} is not run by the one-machine engine; set State to DISABLED there and start the work by hand`,
        );
      }
      const pattern = properties.object('EventPattern');
      const targets = properties.list('Targets').map((target) => readTarget(target, properties));
      if (pattern !== undefined) bus.putRule({ name, arn, enabled, matches: compilePattern(pattern), targets });
      return { ref: name, attributes: { Arn: arn } };
    },
  };
}

function readTarget(target: unknown, properties: Properties): RuleTarget {
  if (!isObject(target)) throw properties.error(`a target must be an object; found ${JSON.stringify(target)}`);
  const unknown = Object.keys(target).find((member) => !TARGET_MEMBERS.includes(member));
  if (unknown !== undefined)
    throw properties.error(
      `target ${String(target.Id)}: ${unknown} is not supported; supported are ${TARGET_MEMBERS.join(', ')}`,
    );
  const { Id, Arn, Input, InputPath, InputTransformer } = target;
  const paths =
    isObject(InputTransformer) && isObject(InputTransformer.InputPathsMap) ? InputTransformer.InputPathsMap : {};
  const pathMap = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, String(path)]));
  for (const path of [...Object.values(pathMap), ...(InputPath === undefined ? [] : [String(InputPath)])])
    pathKeys(path);
  return {
    id: String(Id),
    arn: String(Arn),
    ...defined({
      input: Input === undefined ? undefined : String(Input),
      inputPath: InputPath === undefined ? undefined : String(InputPath),
      transformer: isObject(InputTransformer)
        ? { paths: pathMap, template: String(InputTransformer.InputTemplate) }
        : undefined,
    }),
  };
}
