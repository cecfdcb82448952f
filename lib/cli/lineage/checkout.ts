import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { GATES_FILE } from '../../config/load';
import { checkCheckout } from '../../core/lineage/inputs';
import type { Check } from '../../core/report/report';
import { archiveSource } from '../../release/archive';
import { UsageError } from '../../release/environment';
import { parseS3Uri } from '../../release/objects';
import { ROW_BY_ROW } from '../../release/row-by-row';
import { readTar } from '../../release/tar-members';
import { PROBES_SCRIPT } from '../../training/contract';
import type { Attempt } from './attempt';

const MAX_BYTES = 1024 ** 3;
const run = promisify(execFile);

/**
 * Makes the source archive once more from the release's commit in a clone, and compares it with the release's own.
 *
 * @throws UsageError when the folder is no clone, or does not have the commit
 */
export async function checkAgainstCheckout(
  { run: { store }, folder, original }: Attempt,
  clone: string,
): Promise<Check> {
  const { release, gates } = original;
  const { commit, sourceSha256, sourceUri, gatesSha256 } = release;
  await requireCommit(clone, commit);
  const workload = await findWorkload(clone, commit, gatesSha256);
  const target = join(folder, 'checkout');
  mkdirSync(target);
  const file = join(folder, 'checkout.tar');
  await git(clone, ['archive', '--format=tar', '--output', file, commit, ...(workload === '' ? [] : [workload])]);
  await extract({ file, cwd: target });
  const { path, train, holdout } = gates.dataset;
  const added = { [PROBES_SCRIPT]: ROW_BY_ROW };
  const archive = await archiveSource(join(target, workload), path, [train, holdout], added);
  const { bucket, key } = parseS3Uri(sourceUri);
  const [again, before] = await Promise.all([
    readTar(Readable.from([archive.content])),
    store.read(bucket, key).then(({ body }) => readTar(body)),
  ]);
  return checkCheckout(sourceSha256, {
    commit,
    folder: workload,
    sha256: archive.sha256,
    members: again.members,
    original: before.members,
    added: PROBES_SCRIPT,
  });
}

async function requireCommit(clone: string, commit: string): Promise<void> {
  if (statSync(clone, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`--checkout ${clone}: there is no such folder`);
  }
  try {
    await git(clone, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
  } catch (error) {
    throw new UsageError(`--checkout ${resolve(clone)}: has no commit ${commit}; "git fetch" may bring it`, {
      cause: error,
    });
  }
}

/** The folder whose gates.yaml, at that commit, is the release's byte for byte; '' for the repository's root. */
async function findWorkload(clone: string, commit: string, gatesSha256: string): Promise<string> {
  // By name from the root, wherever in the clone the caller stands.
  const listed = (await git(clone, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit])).toString('utf8');
  const files = listed.split('\0').filter((path) => path === GATES_FILE || path.endsWith(`/${GATES_FILE}`));
  for (const path of files) {
    const content = await git(clone, ['cat-file', 'blob', `${commit}:${path}`]);
    if (createHash('sha256').update(content).digest('hex') === gatesSha256)
      return path === GATES_FILE ? '' : dirname(path);
  }
  const found = files.length === 0 ? `no ${GATES_FILE}` : files.join(', ');
  throw new UsageError(
    `--checkout ${resolve(clone)}: no ${GATES_FILE} of commit ${commit} has the release's sha256 ${gatesSha256}; it holds ${found}`,
  );
}

async function git(clone: string, args: readonly string[]): Promise<Buffer> {
  const options = { cwd: clone, encoding: 'buffer', maxBuffer: MAX_BYTES } as const;
  return (await run('git', [...args], options)).stdout;
}
