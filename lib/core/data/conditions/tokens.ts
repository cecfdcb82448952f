/** A word, number, text or sign of a row condition. */
export interface Token {
  readonly kind: 'name' | 'column' | 'number' | 'text' | 'sign' | 'end';
  readonly value: string;
  /** Counted from 1. */
  readonly at: number;
}

/** What is wrong with a condition, and where. */
export class ConditionError extends Error {
  override readonly name = 'ConditionParserError';
}

const PATTERNS: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['column', /`((?:[^`]|``)+)`/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['text', /'((?:[^'\\]|\\.|'')*)'|"((?:[^"\\]|\\.|"")*)"/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['sign', /==|!=|<>|>=|<=|&&|\|\||[=<>()[\],.&|~+\-*/%!]/y],
];

/** @throws ConditionError for a character that no condition has, such as a semicolon */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const match = next(text, at);
    if (match === undefined) {
      throw new ConditionError(
        `unable to parse condition: ${JSON.stringify(text[at])} at character ${at + 1} of ${text}`,
      );
    }
    if (match.kind !== 'space') found.push({ kind: match.kind, value: match.value, at: at + 1 });
    at += match.length;
  }
  return [...found, { kind: 'end', value: 'the end', at: text.length + 1 }];
}

function next(
  text: string,
  at: number,
): { readonly kind: Token['kind'] | 'space'; readonly value: string; readonly length: number } | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const inner = match[1] ?? match[2];
    const value =
      kind === 'text'
        ? (inner ?? '').replaceAll(/\\(.)/gs, '$1').replaceAll("''", "'")
        : kind === 'column'
          ? (inner ?? '').replaceAll('``', '`')
          : match[0];
    return { kind, value, length: match[0].length };
  }
  return undefined;
}
