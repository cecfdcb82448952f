import { BlockList, isIP } from 'node:net';
import { isObject } from '../engine/json';

/** Judges one value of a field: text, number, true, false or null. */
export type Matcher = (value: unknown) => boolean;

type Operator = (argument: unknown, where: string) => Matcher;
type TextTest = (value: string, part: string) => boolean;

/** How numbers are compared, and on which side of them the bound is. */
const COMPARISONS: Readonly<Record<string, { readonly bounds: string; holds(value: number, bound: number): boolean }>> =
  {
    '=': { bounds: 'both', holds: (value, bound) => value === bound },
    '>': { bounds: 'below', holds: (value, bound) => value > bound },
    '>=': { bounds: 'below', holds: (value, bound) => value >= bound },
    '<': { bounds: 'above', holds: (value, bound) => value < bound },
    '<=': { bounds: 'above', holds: (value, bound) => value <= bound },
  };

/** EventBridge compares numbers up to here. */
const LARGEST = 5e9;

/** Operators that test a text, and may stand inside `anything-but`. */
const TEXT_OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: (argument, where) => affix(argument, `${where}: prefix`, (value, part) => value.startsWith(part)),
  suffix: (argument, where) => affix(argument, `${where}: suffix`, (value, part) => value.endsWith(part)),
  'equals-ignore-case': (argument, where) => {
    const wanted = text(argument, `${where}: equals-ignore-case`).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: (argument, where) => {
    const expression = wildcard(text(argument, `${where}: wildcard`), where);
    return (value) => typeof value === 'string' && expression.test(value);
  },
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  ...TEXT_OPERATORS,
  exists: (argument, where) => {
    // That a field is absent is no property of a value: the pattern sees to it.
    if (argument !== true)
      throw new Error(`${where}: exists must be true or false; found ${JSON.stringify(argument)}.`);
    return () => true;
  },
  numeric,
  cidr,
  'anything-but': anythingBut,
};

/** Names of the operators; none of them can be a field in `$or`. */
export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS);

/**
 * The matcher of one entry in a pattern's list: a literal, or an object with one operator.
 * Source: EventBridge User Guide, Comparison operators for use in event patterns.
 * @throws Error saying what of it EventBridge would refuse
 */
export function matcherOf(entry: unknown, where: string): Matcher {
  if (Array.isArray(entry)) throw new Error(`${where}: a list cannot hold the list ${JSON.stringify(entry)}.`);
  if (!isObject(entry)) return (value) => value === entry;
  const [operator, argument] = operatorOf(entry, OPERATORS, where);
  return operator(argument, where);
}

/** The one operator of an entry, and its argument. */
function operatorOf(entry: object, known: Readonly<Record<string, Operator>>, where: string): [Operator, unknown] {
  const [[name, argument] = ['', undefined], ...others] = Object.entries(entry);
  const operator = others.length === 0 && Object.hasOwn(known, name) ? known[name] : undefined;
  if (operator !== undefined) return [operator, argument];
  const names = Object.keys(known).join(', ');
  throw new Error(`${where}: ${JSON.stringify(entry)} is not supported; known operators are ${names}.`);
}

function text(argument: unknown, where: string): string {
  if (typeof argument === 'string') return argument;
  throw new Error(`${where} must be a text; found ${JSON.stringify(argument)}.`);
}

function affix(argument: unknown, where: string, test: TextTest): Matcher {
  if (isObject(argument)) {
    const part = text(argument['equals-ignore-case'], where).toLowerCase();
    return (value) => typeof value === 'string' && test(value.toLowerCase(), part);
  }
  const part = text(argument, where);
  return (value) => typeof value === 'string' && test(value, part);
}

/** `*` stands for any text; `\*` is an asterisk and `\\` a backslash. */
function wildcard(pattern: string, where: string): RegExp {
  const tokens = pattern.match(/\\.|\*+|[^\\*]+|\\$/gs) ?? [];
  const parts = tokens.map((token) => {
    if (token === '*') return '.*';
    if (token.startsWith('*')) throw new Error(`${where}: wildcard ${pattern} has one * right after another.`);
    if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\')
      throw new Error(`${where}: wildcard ${pattern} may only have * or \\ after a backslash.`);
    const literal = token.startsWith('\\') ? token.slice(1) : token;
    return literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/** All but a text or number, all but those of a list, or all that a text operator does not match. */
function anythingBut(argument: unknown, where: string): Matcher {
  if (isObject(argument)) {
    const [operator, operand] = operatorOf(argument, TEXT_OPERATORS, `${where}: anything-but`);
    const excluded = list(operand, where).map((item) => operator(item, where));
    return (value) => !excluded.some((matches) => matches(value));
  }
  const excluded = list(argument, where);
  const [kind, ...others] = new Set(excluded.map((item) => typeof item));
  if ((kind !== 'string' && kind !== 'number') || others.length > 0)
    throw new Error(`${where}: anything-but must have only texts or only numbers; found ${JSON.stringify(argument)}.`);
  return (value) => !excluded.includes(value);
}

function list(argument: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(argument)) return [argument];
  if (argument.length === 0) throw new Error(`${where}: anything-but has an empty list.`);
  return argument;
}

/** `[">", 0]` or `[">", 0, "<=", 5]`: a bound below comes before a bound above. */
function numeric(argument: unknown, where: string): Matcher {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4))
    throw new Error(`${where}: numeric must be a list such as [">", 0] or [">", 0, "<=", 5].`);
  const tests = [argument.slice(0, 2), argument.slice(2)]
    .filter((pair) => pair.length > 0)
    .map(([name, bound]) => {
      const comparison = Object.hasOwn(COMPARISONS, String(name)) ? COMPARISONS[String(name)] : undefined;
      if (comparison !== undefined && typeof bound === 'number' && Math.abs(bound) <= LARGEST)
        return { ...comparison, bound };
      const known = Object.keys(COMPARISONS).join(', ');
      throw new Error(
        `${where}: numeric has ${JSON.stringify([name, bound])}; allowed are ${known} with a number from -5e9 to 5e9.`,
      );
    });
  const [low, high] = tests;
  if (high !== undefined && !(low?.bounds === 'below' && high.bounds === 'above' && low.bound < high.bound))
    throw new Error(`${where}: numeric ${JSON.stringify(argument)} must have a lower bound and then a higher one.`);
  return (value) => typeof value === 'number' && tests.every(({ holds, bound }) => holds(value, bound));
}

/** Addresses of a network, IPv4 or IPv6. */
function cidr(argument: unknown, where: string): Matcher {
  const [, network = '', bits] = /^([^/]+)\/(\d{1,3})$/.exec(text(argument, `${where}: cidr`)) ?? [];
  const version = isIP(network);
  const prefix = Number(bits);
  if (version === 0 || !(prefix <= (version === 4 ? 32 : 128)))
    throw new Error(`${where}: cidr must be a network such as 10.0.0.0/24; found ${String(argument)}.`);
  const addresses = new BlockList();
  addresses.addSubnet(network, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return (value) =>
    typeof value === 'string' && isIP(value) === version && addresses.check(value, version === 4 ? 'ipv4' : 'ipv6');
}
