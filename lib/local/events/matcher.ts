import { isObject } from '../engine/json';

/** Judges one value of a field; `undefined` stands for an absent field. */
export type Matcher = (value: unknown) => boolean;

const OPERATORS: Readonly<Record<string, (argument: unknown, where: string) => Matcher>> = {
  prefix: (argument, where) => affix(argument, where, 'prefix', (value, part) => value.startsWith(part)),
  suffix: (argument, where) => affix(argument, where, 'suffix', (value, part) => value.endsWith(part)),
  'equals-ignore-case': (argument, where) => {
    const wanted = text(argument, where, 'equals-ignore-case').toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: (argument, where) => {
    const parts = text(argument, where, 'wildcard').split('*');
    const expression = new RegExp(
      `^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`,
      's',
    );
    return (value) => typeof value === 'string' && expression.test(value);
  },
  exists: (argument, where) => {
    if (typeof argument !== 'boolean') throw new Error(`${where}: exists must be true or false.`);
    return (value) => (value !== undefined) === argument;
  },
  numeric: (argument, where) => numeric(argument, where),
  'anything-but': (argument, where) => {
    const excluded = [argument].flat().map((item: unknown) => matcherOf(item, where));
    return (value) => value !== undefined && !excluded.some((matches) => matches(value));
  },
};

/**
 * The matcher of one entry in a pattern's list: a literal, or an object with one operator.
 * @throws Error listing the known operators.
 */
export function matcherOf(entry: unknown, where: string): Matcher {
  if (!isObject(entry)) return (value) => value === entry;
  const [name, ...others] = Object.keys(entry);
  const operator = name === undefined ? undefined : OPERATORS[name];
  if (name === undefined || operator === undefined || others.length > 0) {
    throw new Error(
      `${where}: ${JSON.stringify(entry)} is not supported; known operators are ${Object.keys(OPERATORS).join(', ')}.`,
    );
  }
  return operator(entry[name], where);
}

function text(argument: unknown, where: string, operator: string): string {
  if (typeof argument === 'string') return argument;
  throw new Error(`${where}: ${operator} must be a text; found ${JSON.stringify(argument)}.`);
}

function affix(
  argument: unknown,
  where: string,
  operator: string,
  test: (value: string, part: string) => boolean,
): Matcher {
  if (isObject(argument)) {
    const part = text(argument['equals-ignore-case'], where, operator).toLowerCase();
    return (value) => typeof value === 'string' && test(value.toLowerCase(), part);
  }
  const part = text(argument, where, operator);
  return (value) => typeof value === 'string' && test(value, part);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `[">", 0, "<=", 5]`: every comparison must hold. */
function numeric(argument: unknown, where: string): Matcher {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0)
    throw new Error(`${where}: numeric must be a list such as [">", 0, "<=", 5].`);
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const compare = COMPARISONS[String(argument[index])];
    const bound: unknown = argument[index + 1];
    if (compare === undefined || typeof bound !== 'number') {
      throw new Error(
        `${where}: numeric has ${JSON.stringify(argument.slice(index, index + 2))}; allowed are ${Object.keys(COMPARISONS).join(', ')} with a number.`,
      );
    }
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}
