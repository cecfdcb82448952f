/**
 * Python's regular expressions for Joni, Trino's own, in the part of the language where both mean the same. Joni takes
 * `$` for the end of a line's text and `&&` for an intersection, so what remains is written with what is meant. `\d`,
 * `\w` and `\s` know all scripts in Python; Joni's classes of many scripts match strange letters behind another
 * class (`[+-]?[\p{Nd}]+` takes `d`), so they are not used: `[0-9]` says what most people mean.
 *
 * @returns undefined for a pattern that says more; such a pattern is decided outside the engine, over distinct values
 */
export function joniPattern(pattern: string): string | undefined {
  let [written, at] = ['', 0];
  while (at < pattern.length) {
    const piece = nextPiece(pattern.slice(at));
    if (piece === undefined) return undefined;
    written += piece.written;
    at += piece.read;
  }
  return written;
}

interface Piece {
  readonly written: string;
  /** Characters of the pattern. */
  readonly read: number;
}

const CONTROLS = new Set(['t', 'n', 'r', 'f']);

/** Anchors, dots, groups without a name, alternatives, quantifiers. */
function nextPiece(rest: string): Piece | undefined {
  const [first = ''] = rest;
  if (first === '\\') return escaped(rest[1] ?? '', false);
  if (first === '[') return bracket(rest);
  if (first === '^') return { written: '\\A', read: 1 };
  if (first === '$') return { written: '\\z', read: 1 };
  if (first === '(') {
    if (!rest.startsWith('(?')) return { written: '(', read: 1 };
    return rest.startsWith('(?:') ? { written: '(?:', read: 3 } : undefined;
  }
  const counted = /^\{\d+(,\d*)?\}/.exec(rest)?.[0];
  const quantifier = counted ?? ('*+?'.includes(first) ? first : undefined);
  if (quantifier !== undefined) {
    const follows = rest[quantifier.length];
    // A plus makes it possessive, which Python before 3.11 and RE2 do not know.
    return follows === '+' ? undefined : { written: quantifier, read: quantifier.length };
  }
  if (first === '{' || first === '}' || first === ']') return undefined;
  return { written: first, read: 1 };
}

function escaped(letter: string, inClass: boolean): Piece | undefined {
  if (CONTROLS.has(letter)) return { written: `\\${letter}`, read: 2 };
  if (letter === 'A' && !inClass) return { written: '\\A', read: 2 };
  return /[\p{L}\p{N}]/u.test(letter) || letter === '' ? undefined : { written: `\\${letter}`, read: 2 };
}

/** `[a-z0-9_]`; nested brackets and intersections say more. */
function bracket(rest: string): Piece | undefined {
  let written = rest.startsWith('[^') ? '[^' : '[';
  let at = written.length;
  // A bracket that closes at once is a member in Python, and refused elsewhere.
  if (rest[at] === ']') return undefined;
  while (at < rest.length) {
    const character = rest[at] ?? '';
    if (character === ']') return { written: `${written}]`, read: at + 1 };
    if (character === '[' || rest.startsWith('&&', at) || character > '\x7f') return undefined;
    const piece = character === '\\' ? escaped(rest[at + 1] ?? '', true) : { written: character, read: 1 };
    if (piece === undefined) return undefined;
    written += piece.written;
    at += piece.read;
  }
  return undefined;
}
