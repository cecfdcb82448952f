import { STATE_TYPES } from '../language/definition';
import { expressionOf } from '../language/evaluate';
import { isJsonObject, type Json, type JsonObject, kindOf } from '../language/json';

/** Adds one line about the definition; `path` is where, e.g. `/States/Train/Next`. */
export type Report = (path: string, problem: string) => void;

/** What a field must hold: undefined if it does, else the words for it. */
type Check = (value: Json) => string | undefined;

const when =
  (expected: string, holds: (value: Json) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : expected;
const isExpression = (value: Json) => typeof value === 'string' && expressionOf(value) !== undefined;
const isWhole = (value: Json, min: number) => typeof value === 'number' && Number.isInteger(value) && value >= min;

const any: Check = () => undefined;
const text = when('a string', (value) => typeof value === 'string');
const object = when('an object', isJsonObject);
const array = when('an array that is not empty', (value) => Array.isArray(value) && value.length > 0);
const isTrue = when('true', (value) => value === true);
const whole = (min: number) => when(`a whole number from ${min}`, (value) => isWhole(value, min));
const wholeOrExpression = (min: number) =>
  when(`a whole number from ${min} or an expression`, (value) => isWhole(value, min) || isExpression(value));
const oneOf = (...allowed: readonly string[]) =>
  when(
    allowed.map((name) => `'${name}'`).join(' or '),
    (value) => typeof value === 'string' && allowed.includes(value),
  );

type Fields = Readonly<Record<string, Check>>;

const COMMON: Fields = { Type: oneOf(...STATE_TYPES), Comment: text, QueryLanguage: oneOf('JSONata') };
const ENDING: Fields = { Output: any, Assign: object };
const CONTINUING: Fields = { ...ENDING, Next: text, End: isTrue };
const RECOVERING: Fields = { Retry: array, Catch: array };

export const STATE_FIELDS: Readonly<Record<string, Fields>> = {
  Pass: { ...COMMON, ...CONTINUING },
  Task: {
    ...COMMON,
    ...CONTINUING,
    ...RECOVERING,
    Resource: text,
    Arguments: any,
    TimeoutSeconds: wholeOrExpression(1),
  },
  Choice: { ...COMMON, ...ENDING, Choices: array, Default: text },
  Wait: { ...COMMON, ...CONTINUING, Seconds: wholeOrExpression(0), Timestamp: text },
  Parallel: { ...COMMON, ...CONTINUING, ...RECOVERING, Branches: array, Arguments: any },
  Map: {
    ...COMMON,
    ...CONTINUING,
    ...RECOVERING,
    ItemProcessor: object,
    Items: any,
    ItemSelector: any,
    MaxConcurrency: wholeOrExpression(0),
  },
  Succeed: { ...COMMON, Output: any },
  Fail: { ...COMMON, Error: text, Cause: text },
};

export const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
  Map: ['ItemProcessor'],
};

export const FLOW_FIELDS: Fields = { Comment: text, StartAt: text, States: object, QueryLanguage: oneOf('JSONata') };
export const MACHINE_FIELDS: Fields = { ...FLOW_FIELDS, Version: oneOf('1.0'), TimeoutSeconds: whole(1) };
export const PROCESSOR_FIELDS: Fields = { ...FLOW_FIELDS, ProcessorConfig: object };
export const PROCESSOR_CONFIG_FIELDS: Fields = { Mode: oneOf('INLINE') };
export const RULE_FIELDS: Fields = {
  ...ENDING,
  Comment: text,
  Next: text,
  Condition: when('true, false or an expression', (value) => typeof value === 'boolean' || isExpression(value)),
};
const errorNames = when(
  'an array of error names that is not empty',
  (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string'),
);
export const CATCHER_FIELDS: Fields = { ...ENDING, Comment: text, ErrorEquals: errorNames, Next: text };
export const RETRIER_FIELDS: Fields = {
  Comment: text,
  ErrorEquals: errorNames,
  IntervalSeconds: whole(1),
  MaxAttempts: whole(0),
  BackoffRate: when('a number from 1', (value) => typeof value === 'number' && value >= 1),
  MaxDelaySeconds: whole(1),
  JitterStrategy: oneOf('FULL', 'NONE'),
};

/** Why a field of the language is refused, where "unknown" would be no help. */
const REFUSED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['InputPath', 'OutputPath', 'ResultPath', 'Parameters', 'ResultSelector', 'Result', 'ItemsPath', 'Variable'].map(
      (name) => [name, 'belongs to JSONPath; write the state in JSONata'],
    ),
  ),
  HeartbeatSeconds: 'is not supported by the one-machine engine; use TimeoutSeconds',
  Credentials: 'is not supported by the one-machine engine, which has no roles to assume',
  Iterator: 'is the old name of ItemProcessor',
  ...Object.fromEntries(
    ['ItemReader', 'ItemBatcher', 'ResultWriter', 'ToleratedFailurePercentage', 'ToleratedFailureCount', 'Label'].map(
      (name) => [name, 'belongs to distributed maps, which the one-machine engine does not run'],
    ),
  ),
};

/** Reports unknown fields, fields of the wrong type, and missing ones. */
export function checkFields(
  value: JsonObject,
  fields: Fields,
  required: readonly string[],
  path: string,
  report: Report,
): void {
  for (const name of required) if (!(name in value)) report(path, `lacks '${name}'`);
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (check === undefined) {
      const reason = REFUSED[name];
      report(`${path}/${name}`, reason ?? `is not a field here; known are ${Object.keys(fields).join(', ')}`);
      continue;
    }
    const expected = check(member);
    if (expected === undefined) continue;
    const found = typeof member === 'object' ? kindOf(member) : JSON.stringify(member);
    report(`${path}/${name}`, `must be ${expected}; found ${found}`);
  }
}
