/** A file of an archive. SHA-256 in hexadecimal. */
export interface Member {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface MemberDifference {
  readonly path: string;
  readonly kind: 'missing' | 'added' | 'different';
}

/** What two archives do not share, by path; owners, modes and times do not count. */
export function compareMembers(before: readonly Member[], after: readonly Member[]): readonly MemberDifference[] {
  const [a, b] = [byPath(before), byPath(after)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((path): readonly MemberDifference[] => {
    const [old, now] = [a.get(path), b.get(path)];
    if (old === now) return [];
    return [{ path, kind: old === undefined ? 'added' : now === undefined ? 'missing' : 'different' }];
  });
}

const byPath = (members: readonly Member[]) => new Map(members.map(({ path, sha256 }) => [path, sha256]));

const SHOWN = 5;

/** `train.py is different, notes.txt is missing and 3 more`. */
export function membersText(differences: readonly MemberDifference[]): string {
  const shown = differences.slice(0, SHOWN).map(({ path, kind }) => `${path} is ${kind}`);
  const more = differences.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
