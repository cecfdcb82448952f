/**
 * Python's regular expressions for RE2 and for JavaScript. `\d`, `\w`, `\s` and `\b` know the letters, digits and
 * spaces of all scripts in Python, and in SQL engines too; RE2 and JavaScript know ASCII's alone, so what is meant is
 * written out. Source: Python documentation, "re — Regular expression syntax".
 */
export type RegexTarget = 're2' | 'javascript';

const WORD = '\\p{L}\\p{N}_';
/** White space as `str.isspace` tells it. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\p{Z}';
const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
const INSIDE = `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`;

/** What JavaScript takes a backslash before; before other signs it must not stand. */
const SYNTAX = new Set('^$\\.*+?()[]{}|/');

interface Piece {
  readonly written: string;
  /** Characters of the pattern. */
  readonly read: number;
}

/** @returns undefined for a pattern that the target cannot say */
export function fromPython(pattern: string, target: RegexTarget): string | undefined {
  let [written, at, inClass] = ['', 0, false];
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const piece = inClass ? member(rest, target) : outside(rest, target);
    if (piece === undefined) return undefined;
    if (!inClass && rest.startsWith('[')) inClass = true;
    else if (inClass && rest.startsWith(']')) inClass = false;
    written += piece.written;
    at += piece.read;
  }
  return written;
}

function outside(rest: string, target: RegexTarget): Piece | undefined {
  const script = target === 'javascript';
  if (rest.startsWith('\\')) return escaped(rest[1] ?? '', target);
  if (rest.startsWith('[')) {
    const opening = rest.startsWith('[^') ? '[^' : '[';
    // A bracket that closes at once is a member.
    const first = rest[opening.length] === ']';
    return { written: first ? `${opening}\\]` : opening, read: opening.length + Number(first) };
  }
  if (script && rest.startsWith('(?P<')) return { written: '(?<', read: 4 };
  const reference = script ? /^\(\?P=(\w+)\)/.exec(rest) : null;
  if (reference !== null) return { written: `\\k<${reference[1]}>`, read: reference[0].length };
  const open = /^\{,(\d+)\}/.exec(rest);
  if (open !== null) return { written: `{0,${open[1]}}`, read: open[0].length };
  // A brace that counts nothing is a brace.
  if (script && /^[{}]/.test(rest)) {
    const counted = /^\{\d+(,\d*)?\}/.exec(rest)?.[0];
    return { written: counted ?? `\\${rest[0]}`, read: counted?.length ?? 1 };
  }
  return { written: rest[0] ?? '', read: 1 };
}

function escaped(letter: string, target: RegexTarget): Piece | undefined {
  const piece = (written: string): Piece => ({ written, read: 2 });
  const script = target === 'javascript';
  switch (letter) {
    case 'd':
    case 'D':
      return piece(`\\${letter === 'd' ? 'p' : 'P'}{Nd}`);
    case 'w':
    case 'W':
      return piece(`[${letter === 'w' ? '' : '^'}${WORD}]`);
    case 's':
    case 'S':
      return piece(`[${letter === 's' ? '' : '^'}${SPACE}]`);
    case 'b':
      return script ? piece(BOUNDARY) : undefined;
    case 'B':
      return script ? piece(INSIDE) : undefined;
    case 'A':
      return piece(script ? '(?<![^])' : '\\A');
    case 'Z':
      return piece(script ? '(?![^])' : '\\z');
    default:
      return plain(letter, script, false);
  }
}

function member(rest: string, target: RegexTarget): Piece | undefined {
  const script = target === 'javascript';
  if (!rest.startsWith('\\')) return { written: rest[0] ?? '', read: 1 };
  const letter = rest[1] ?? '';
  const known: Readonly<Record<string, string>> = { d: '\\p{Nd}', D: '\\P{Nd}', w: WORD, s: SPACE, b: '\\x08' };
  const written = known[letter];
  if (written !== undefined) return { written, read: 2 };
  // A set of what is no word cannot be a member of another set; JavaScript has at least ASCII's own.
  if (letter === 'W' || letter === 'S') return script ? { written: `\\${letter}`, read: 2 } : undefined;
  return plain(letter, script, true);
}

function plain(letter: string, script: boolean, inClass: boolean): Piece {
  if (script && letter === 'a') return { written: '\\x07', read: 2 };
  const needless = script && !SYNTAX.has(letter) && !(inClass && letter === '-') && /[^\p{L}\p{N}]/u.test(letter);
  return { written: needless ? letter : `\\${letter}`, read: 2 };
}
