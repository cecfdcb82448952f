import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const hasMagic = (pattern: string): boolean => /[*?[\]{}]/.test(pattern);

/** Files that a glob matches, sorted: `*` and `?` within a name, `**` any folders, `[a-z]`, `[!a]`, `{a,b}`. */
export function globFiles(pattern: string): string[] {
  const parts = pattern.split('/');
  const fixed = parts.findIndex(hasMagic);
  const root = parts.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const rest = parts.slice(fixed);
  const deepest = rest.includes('**') ? Number.POSITIVE_INFINITY : rest.length;
  const matches = globPattern(rest.join('/'));
  return walk(root, '', deepest)
    .filter((path) => matches.test(path))
    .map((path) => (root === '.' && !pattern.startsWith('./') ? path : join(root, path)))
    .sort();
}

function walk(root: string, folder: string, deepest: number): string[] {
  if (deepest < 1 || statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    // As in a shell, what begins with a dot is meant only when it is named.
    if (entry.name.startsWith('.')) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path, deepest - 1) : [path];
  });
}

/** The regular expression of a glob. */
export function globPattern(glob: string): RegExp {
  let source = '';
  let braces = 0;
  for (const [token] of glob.matchAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[{},]|[^*?[\]{},]+|./g)) {
    if (token === '{') braces += 1;
    if (token === '}') braces -= 1;
    source += translated(token, braces > 0);
  }
  return new RegExp(`^${source}$`);
}

function translated(token: string, inBraces: boolean): string {
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token === '{') return '(?:';
  if (token === '}') return ')';
  if (token === ',') return inBraces ? '|' : ',';
  if (/^\[.+\]$/.test(token)) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return token.replaceAll(/[.+^$()|\\[\]]/g, '\\$&');
}
