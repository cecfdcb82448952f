import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A glob as CodeBuild and CodePipeline write them: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` offers
 * alternatives. Matches the whole path.
 */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  let depth = 0;
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (glob.startsWith('**/', i)) {
      source += '(?:[^/]+/)*';
      i += 2;
    } else if (glob.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '{') {
      depth += 1;
      source += '(?:';
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      source += ')';
    } else if (char === ',' && depth > 0) source += '|';
    else source += char.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** Whether one of the globs matches. */
export const matchesAny = (path: string, globs: readonly string[]): boolean =>
  globs.some((glob) => globToRegExp(normalise(glob)).test(path));

/** Files under `root` (relative, `/` separated, sorted) that match a glob of `include` and none of `exclude`. */
export function findFiles(root: string, include: readonly string[], exclude: readonly string[] = []): string[] {
  return walk(root, '')
    .filter((path) => matchesAny(path, include) && !matchesAny(path, exclude))
    .sort();
}

const normalise = (glob: string): string => glob.replace(/^\.\//, '').replace(/\/+$/, '');

/** Regular files and links to files; a link to a folder is not followed, so a loop cannot hang the build. */
function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return walk(root, path);
    if (entry.isFile()) return [path];
    if (!entry.isSymbolicLink()) return [];
    return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true ? [path] : [];
  });
}
