import { plural } from '../report/format';
import type { Check } from '../report/report';
import { compareMembers, type Member, membersText } from './members';

/** A pinned file as it is now. */
export interface FoundFile {
  readonly role: string;
  readonly path: string;
  readonly versionId: string;
  /** Hexadecimal SHA-256 that the release pinned. */
  readonly expected: string;
  /** Of what that version holds now; or why it could not be read. */
  readonly found: { readonly sha256: string } | { readonly problem: string };
}

/** The data that the release was trained and judged on: those versions, those bytes. */
export function checkData({ role, path, versionId, expected, found }: FoundFile): Check {
  const id = `reproduce.data.${role}`;
  const evidence = { versionId, expected };
  if ('problem' in found) return { id, verdict: 'fail', reason: `${path}: ${found.problem}`, evidence };
  const same = found.sha256 === expected;
  const reason = same
    ? `${path}: version ${versionId} has the pinned sha256`
    : `${path}: version ${versionId} has sha256 ${found.sha256}; the release pinned ${expected}`;
  return { id, verdict: same ? 'pass' : 'fail', reason, evidence: { ...evidence, found: found.sha256 } };
}

/** The archive made once more from a clone. */
export interface CheckoutFacts {
  readonly commit: string;
  /** Folder of the workload in the repository. */
  readonly folder: string;
  readonly sha256: string;
  readonly members: readonly Member[];
  /** Members of the release's own archive. */
  readonly original: readonly Member[];
  /** The file that Assay itself adds, which is not part of the commit. */
  readonly added: string;
}

/** Whether the release's source is what its commit holds. Equal files may be packed otherwise, e.g. with other modes. */
export function checkCheckout(expected: string, facts: CheckoutFacts): Check {
  const { commit, folder, sha256, members, original, added } = facts;
  const id = 'reproduce.checkout';
  const evidence = { commit, folder, expected, found: sha256 };
  const where = `commit ${commit.slice(0, 12)}${folder === '' ? '' : `, ${folder}`}`;
  if (sha256 === expected)
    return { id, verdict: 'pass', reason: `the archive of ${where} has the release's sha256`, evidence };
  const team = (all: readonly Member[]) => all.filter(({ path }) => path !== added);
  const differences = compareMembers(team(original), team(members));
  if (differences.length > 0) {
    const reason = `the release's source is not that of ${where}: ${membersText(differences)}`;
    return { id, verdict: 'fail', reason, evidence: { ...evidence, differences } };
  }
  const files = plural(team(members).length, 'file');
  const reason = `the ${files} of ${where} are those of the release; the archives are packed differently`;
  return { id, verdict: 'pass', reason, evidence };
}

/** What a training job was told, of both jobs. */
export interface JobSettings {
  readonly image: string;
  readonly instanceType: string;
  /** Without the address of the source, which differs by intent. */
  readonly hyperparameters: Readonly<Record<string, string>>;
}

/** Image and hyperparameters must be equal; another instance type is told, for it may explain a difference. */
export function checkSettings(original: JobSettings | { readonly problem: string }, again: JobSettings): Check {
  const id = 'reproduce.settings';
  if ('problem' in original) {
    const reason = `what the release's training job was told cannot be compared: ${original.problem}`;
    return { id, verdict: 'inconclusive', reason, evidence: { again } };
  }
  const names = [...new Set([...Object.keys(original.hyperparameters), ...Object.keys(again.hyperparameters)])].sort();
  const differing = [
    ...(original.image === again.image ? [] : [`image ${original.image} → ${again.image}`]),
    ...names.flatMap((name) => {
      const [a, b] = [original.hyperparameters[name], again.hyperparameters[name]];
      return a === b ? [] : [`${name} ${a ?? '(none)'} → ${b ?? '(none)'}`];
    }),
  ];
  const evidence = { original, again };
  if (differing.length > 0) {
    return { id, verdict: 'fail', reason: `the training job was told otherwise: ${differing.join(', ')}`, evidence };
  }
  const type =
    original.instanceType === again.instanceType
      ? again.instanceType
      : `${again.instanceType}, the release on ${original.instanceType}`;
  return {
    id,
    verdict: 'pass',
    reason: `same image and ${plural(names.length, 'hyperparameter')}, on ${type}`,
    evidence,
  };
}
