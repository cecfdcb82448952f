import { isObject } from '../engine/json';
import { substitute } from './references';

/** Result of `Ref: AWS::NoValue`: the property or list item that holds it disappears. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** What intrinsic functions look up. Every method throws an Error naming what is missing. */
export interface Scope {
  /** Value of a pseudo parameter, a parameter or a resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  findInMap(map: string, topLevelKey: string, secondLevelKey: string): unknown;
  importValue(exportName: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
}

type Evaluate = (value: unknown) => unknown;
type Intrinsic = (argument: unknown, scope: Scope, evaluate: Evaluate) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(text(name)),
  Condition: (name, scope) => scope.condition(text(name)),
  'Fn::GetAtt': (argument, scope, evaluate) => {
    const [logicalId = '', ...attribute] =
      typeof argument === 'string' ? argument.split('.') : list(argument).map(evaluate).map(text);
    return scope.getAtt(logicalId, attribute.join('.'));
  },
  'Fn::Sub': (argument, scope, evaluate) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = isObject(variables) ? variables : {};
    return substitute(text(template), (name) => {
      if (Object.hasOwn(own, name)) return text(evaluate(own[name]));
      const [logicalId = '', ...attribute] = name.split('.');
      return text(attribute.length === 0 ? scope.ref(name) : scope.getAtt(logicalId, attribute.join('.')));
    });
  },
  'Fn::Join': (argument, _scope, evaluate) => {
    const [separator, parts] = list(argument);
    return list(evaluate(parts)).map(text).join(text(separator));
  },
  'Fn::Select': (argument, _scope, evaluate) => {
    const [index, values] = list(argument);
    const items = list(evaluate(values));
    const position = Number(evaluate(index));
    if (!(position in items)) throw new Error(`Fn::Select asks for item ${position} of ${items.length}`);
    return items[position];
  },
  'Fn::Split': (argument, _scope, evaluate) => {
    const [separator, value] = list(argument);
    return text(evaluate(value)).split(text(separator));
  },
  'Fn::FindInMap': (argument, scope, evaluate) => {
    const [map, first, second] = list(argument).map(evaluate).map(text);
    return scope.findInMap(map ?? '', first ?? '', second ?? '');
  },
  'Fn::ImportValue': (argument, scope, evaluate) => scope.importValue(text(evaluate(argument))),
  'Fn::GetStackOutput': (argument, scope, evaluate) => {
    const { StackName, OutputName } = isObject(argument) ? argument : {};
    return scope.stackOutput(text(evaluate(StackName)), text(evaluate(OutputName)));
  },
  'Fn::Base64': (argument, _scope, evaluate) => Buffer.from(text(evaluate(argument))).toString('base64'),
  'Fn::If': (argument, scope, evaluate) => {
    const [name, yes, no] = list(argument);
    return evaluate(scope.condition(text(name)) ? yes : no);
  },
  'Fn::Equals': (argument, _scope, evaluate) => {
    const [left, right] = list(argument).map(evaluate);
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, _scope, evaluate) => list(argument).every((item) => evaluate(item) === true),
  'Fn::Or': (argument, _scope, evaluate) => list(argument).some((item) => evaluate(item) === true),
  'Fn::Not': (argument, _scope, evaluate) => evaluate(list(argument)[0]) !== true,
};

/**
 * Replaces every intrinsic function in a value of a template.
 * @param where for messages, e.g. `Churn-Data/Bucket`.
 * @throws Error naming the place and the function; an unknown function lists the known ones.
 */
export function evaluateIntrinsics(value: unknown, scope: Scope, where: string): unknown {
  const evaluate = (part: unknown): unknown => {
    if (typeof part === 'string' && part.includes('{{resolve:')) {
      throw new Error(
        `${where}: dynamic references such as ${part} are not resolved here; pass the name and read it at run time.`,
      );
    }
    if (Array.isArray(part)) return part.map(evaluate).filter((item) => item !== NO_VALUE);
    if (!isObject(part)) return part;
    const [key, ...others] = Object.keys(part);
    if (key !== undefined && others.length === 0 && isFunction(key, part[key])) return call(key, part[key]);
    const entries = Object.entries(part).map(([name, member]) => [name, evaluate(member)] as const);
    return Object.fromEntries(entries.filter(([, member]) => member !== NO_VALUE));
  };
  const call = (name: string, argument: unknown): unknown => {
    const intrinsic = INTRINSICS[name];
    if (intrinsic === undefined)
      throw new Error(`${where}: unknown function ${name}; known are ${Object.keys(INTRINSICS).join(', ')}.`);
    try {
      return intrinsic(argument, scope, evaluate);
    } catch (error) {
      const { message } = error as Error;
      throw message.startsWith(`${where}: `) ? error : new Error(`${where}: ${message}`, { cause: error });
    }
  };
  return evaluate(value);
}

/** `Condition` is a function only with a name behind it: policies have a block of that name. */
function isFunction(key: string, argument: unknown): boolean {
  if (key === 'Condition') return typeof argument === 'string';
  return key === 'Ref' || key.startsWith('Fn::');
}

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`expected a text, found ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`expected a list, found ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
}
