import { createHash, randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const RANGE_LIMIT = 1000;

/** The functions that Step Functions adds to JSONata, and `$eval`, which it takes away. */
export function addStepFunctionsLibrary(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a>');
  expression.registerFunction('range', range, '<nnn:a>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction('random', random);
  expression.registerFunction('uuid', () => randomUUID());
  expression.registerFunction('parse', (text: string) => JSON.parse(text) as unknown, '<s:x>');
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not available in Step Functions; use $parse to read JSON');
  });
}

/** Names added to JSONata's own. */
export const ADDED_FUNCTIONS = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'];

/** Chunks of `size`; the last one may be shorter. */
function partition(array: readonly unknown[], size: number): unknown[][] {
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`$partition needs a whole chunk size above 0; found ${size}`);
  return Array.from({ length: Math.ceil(array.length / size) }, (_, i) => array.slice(i * size, (i + 1) * size));
}

/** `first`, `first + step`, … up to and including `last`. */
function range(first: number, last: number, step: number): number[] {
  if (![first, last, step].every(Number.isInteger) || step === 0) {
    throw new Error(`$range needs whole numbers and a step other than 0; found ${first}, ${last}, ${step}`);
  }
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > RANGE_LIMIT) throw new Error(`$range gives at most ${RANGE_LIMIT} numbers; asked for ${length}`);
  return Array.from({ length }, (_, i) => first + i * step);
}

function hash(text: string, algorithm: string): string {
  const name = HASHES[algorithm];
  if (name === undefined) {
    throw new Error(`$hash knows ${Object.keys(HASHES).join(', ')}; found '${algorithm}'`);
  }
  return createHash(name).update(text).digest('hex');
}

/** A number in [0, 1); with a seed always the same one (mulberry32, not the generator that AWS uses). */
function random(seed?: unknown): number {
  if (seed === undefined) return Math.random();
  if (typeof seed !== 'number') throw new Error(`$random takes a number as its seed; found ${typeof seed}`);
  let state = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}
