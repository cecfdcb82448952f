import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOLDOUT_KEYS } from '../pipeline/contract';
import type { ObjectStore } from './objects';

/** Which predictions have been judged on one version of the golden data; each choice made on them wears the holdout out. */
export interface HoldoutDocument {
  readonly schema: 'assay.holdout/1';
  /** `sha256:<hex>` of the golden data. */
  readonly dataset: string;
  readonly uses: readonly HoldoutUse[];
}

export interface HoldoutUse {
  /** Hexadecimal SHA-256 of the predictions: the same ones judged again are one use. */
  readonly predictions: string;
  /** ISO 8601, UTC; of the first time. */
  readonly at: string;
  /** The run or the file. */
  readonly by: string;
}

/** Where a document lies that several processes may change at the same time. */
export interface SharedDocument {
  readonly where: string;
  /** @returns the text with a tag of this version; undefined if there is none yet */
  read(): Promise<{ readonly text: string; readonly tag: string } | undefined>;
  /** @returns false if the document is no longer the version of the tag (undefined: not there yet) */
  write(text: string, tag: string | undefined): Promise<boolean>;
}

const ATTEMPTS = 20;

/**
 * Notes a use of the holdout.
 *
 * @returns how many different sets of predictions have been judged, this one included
 * @throws Error if the document is damaged or others change it all the time
 */
export async function noteUse(document: SharedDocument, dataset: string, use: HoldoutUse): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = await document.read();
    const uses = found === undefined ? [] : parse(document.where, found.text);
    if (uses.some(({ predictions }) => predictions === use.predictions)) return uses.length;
    const next: HoldoutDocument = { schema: 'assay.holdout/1', dataset, uses: [...uses, use] };
    if (await document.write(`${JSON.stringify(next, null, 2)}\n`, found?.tag)) return next.uses.length;
    await sleep(20 + Math.random() * 80);
  }
  throw new Error(`${document.where}: was changed by others ${ATTEMPTS} times in a row`);
}

function parse(where: string, text: string): readonly HoldoutUse[] {
  try {
    const { schema, uses } = JSON.parse(text) as Partial<HoldoutDocument>;
    if (schema === 'assay.holdout/1' && Array.isArray(uses)) return uses;
  } catch {
    // Told below, as any other content that is no such document.
  }
  throw new Error(`${where}: is no document of holdout uses (schema assay.holdout/1)`);
}

/** `sha256:abc…` → `abc…`: names files and objects. */
const nameOf = (dataset: string): string => `${dataset.replace(/^sha256:/, '').replaceAll(/[^\w-]/g, '_')}.json`;

/** `s3://<artifact bucket>/holdouts/<digest>.json`: one for all runs of the application. */
export function storedUses(store: ObjectStore, bucket: string, dataset: string): SharedDocument {
  const key = HOLDOUT_KEYS.replace('*', nameOf(dataset));
  return {
    where: `s3://${bucket}/${key}`,
    read: () => store.readTagged(bucket, key),
    write: (text, tag) => store.writeIfUnchanged(bucket, key, text, 'application/json', tag),
  };
}

/** A lock that old belongs to a process that died. */
const STALE_LOCK_MS = 10_000;

/** `<folder>/.assay/holdouts/<digest>.json`, for files on this machine. The folder ignores itself in Git. */
export function localUses(folder: string, dataset: string): SharedDocument {
  const home = join(folder, '.assay');
  const path = join(home, 'holdouts', nameOf(dataset));
  const read = (): string | undefined => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    where: path,
    read: async () => {
      const text = read();
      return text === undefined ? undefined : { text, tag: text };
    },
    write: async (text, tag) => {
      mkdirSync(dirname(path), { recursive: true });
      if (!lock(`${path}.lock`)) return false;
      try {
        if (read() !== tag) return false;
        writeFileSync(join(home, '.gitignore'), '*\n');
        writeFileSync(`${path}.new`, text);
        renameSync(`${path}.new`, path);
        return true;
      } finally {
        rmSync(`${path}.lock`, { force: true });
      }
    },
  };
}

function lock(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && Date.now() - since > STALE_LOCK_MS) rmSync(path, { force: true });
    return false;
  }
}
