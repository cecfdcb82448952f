import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Core } from '../core';
import type { ModelContainer } from '../models';
import { unpack } from './archive';
import { parseS3Uri } from './object-store';

/** A model artefact and its source archive, unpacked: what a container sees under /opt/ml. */
export interface ModelFolders {
  readonly model: string;
  readonly code: string;
  /** File name in `code`. */
  readonly program: string;
}

const preparing = new Map<string, Promise<void>>();

/**
 * Downloads and unpacks what a model's container needs, once for each model. A model is immutable, so the folder is kept
 * and found again after a restart. Rejects in the user's words if an artefact is missing or unreadable.
 */
export async function modelFolders(core: Core, container: ModelContainer): Promise<ModelFolders> {
  const { SAGEMAKER_PROGRAM: program, SAGEMAKER_SUBMIT_DIRECTORY: submit } = container.environment;
  if (program === undefined || submit === undefined) {
    const missing = program === undefined ? 'SAGEMAKER_PROGRAM' : 'SAGEMAKER_SUBMIT_DIRECTORY';
    throw new Error(`the container's Environment has no ${missing}; the scikit-learn image needs it`);
  }
  const folder = join(modelsFolder(core), folderName(container));
  if (!existsSync(folder)) {
    const work =
      preparing.get(folder) ?? prepare(core, container, submit, folder).finally(() => preparing.delete(folder));
    preparing.set(folder, work);
    await work;
  }
  const inModel = /^\/opt\/ml\/model(\/.*)?$/.exec(submit);
  return { model: join(folder, 'model'), code: join(folder, inModel ? `model${inModel[1] ?? ''}` : 'code'), program };
}

const modelsFolder = (core: Core): string => join(core.context.stateDir, 'models');

const folderName = (container: ModelContainer): string =>
  createHash('sha256').update(container.id).digest('hex').slice(0, 20);

/** Removes the folders of models that neither a record nor an endpoint needs any more. */
export async function pruneModelFolders(core: Core): Promise<void> {
  const variants = core.endpoints.values().flatMap((endpoint) => endpoint.variants);
  const needed = [...core.models.values(), ...variants].map(({ container }) => folderName(container));
  if (!existsSync(modelsFolder(core))) return;
  for (const name of await readdir(modelsFolder(core))) {
    if (!needed.includes(name)) await rm(join(modelsFolder(core), name), { recursive: true, force: true });
  }
}

/** Unpacked beside its place and renamed, so that a folder that exists is whole. */
async function prepare(core: Core, container: ModelContainer, submit: string, folder: string): Promise<void> {
  const temporary = `${folder}.part`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await fetchArchive(core, container.modelDataUrl, join(temporary, 'model'));
  if (submit.startsWith('s3://')) {
    await fetchArchive(core, submit, join(temporary, 'code'));
  } else if (!/^\/opt\/ml\/model(\/|$)/.test(submit)) {
    throw new Error(`SAGEMAKER_SUBMIT_DIRECTORY '${submit}': allowed are s3:// archives and folders in /opt/ml/model`);
  }
  await rename(temporary, folder);
}

/** Downloads a .tar.gz from S3 and unpacks it. Rejects naming the URI. */
export async function fetchArchive(core: Core, uri: string, folder: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-archive-'));
  try {
    const file = join(scratch, 'archive.tar.gz');
    await core.objects.download(parseS3Uri(uri), file).catch((error: Error) => {
      throw new Error(`${uri} could not be downloaded: ${error.message}`, { cause: error });
    });
    await unpack(file, folder, uri);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
