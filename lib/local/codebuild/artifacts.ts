import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zip } from './archive';
import type { ArtifactSpec, Buildspec } from './buildspec';
import { findFiles } from './glob';
import { PhaseError } from './phases';

/** Where one artefact of a build goes. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

/** Outputs a pipeline asks a build for: one primary, or several by the identifier used in `secondary-artifacts`. */
export interface RequestedArtifacts {
  readonly primary?: ObjectLocation;
  readonly secondary?: Readonly<Record<string, ObjectLocation>>;
}

/**
 * Zips what the buildspec names for each output asked for. Throws PhaseError with CodeBuild's code and words if an output
 * has no definition, its folder is missing, or nothing matches.
 */
export async function packArtifacts(
  spec: Buildspec,
  sourceDir: string,
  requested: RequestedArtifacts,
): Promise<{ readonly location: ObjectLocation; readonly archive: Buffer }[]> {
  const packed = [];
  for (const { location, definition } of match(spec, requested)) {
    packed.push({ location, archive: await pack(definition, sourceDir) });
  }
  return packed;
}

function match(spec: Buildspec, requested: RequestedArtifacts) {
  const secondary = Object.entries(requested.secondary ?? {}).map(([id, location]) => {
    const definition = spec.artifacts?.['secondary-artifacts'][id];
    if (definition === undefined) {
      const known = Object.keys(spec.artifacts?.['secondary-artifacts'] ?? {}).join(', ') || 'none';
      throw new PhaseError(
        'CLIENT_ERROR',
        `no definition for secondary artifact ${id} in the buildspec, which has: ${known}`,
      );
    }
    return { location, definition };
  });
  if (requested.primary === undefined) return secondary;
  const files = spec.artifacts?.files;
  if (spec.artifacts === undefined || files === undefined) {
    throw new PhaseError('CLIENT_ERROR', 'an output artifact is asked for, but the buildspec has no artifacts.files');
  }
  return [{ location: requested.primary, definition: { ...spec.artifacts, files } }, ...secondary];
}

async function pack(definition: Omit<ArtifactSpec, 'name'>, sourceDir: string): Promise<Buffer> {
  const folder = baseDirectory(sourceDir, definition['base-directory']);
  const paths = findFiles(folder, definition.files, definition['exclude-paths']);
  if (paths.length === 0) {
    throw new PhaseError('CLIENT_ERROR', `no matching artifact paths found for ${definition.files.join(', ')}`);
  }
  const flat = isYes(definition['discard-paths']);
  return zip(paths.map((path) => ({ path: join(folder, path), name: flat ? basename(path) : path })));
}

export const isYes = (flag: boolean | 'yes' | 'no'): boolean => flag === true || flag === 'yes';

/** The folder that globs refer to. Throws PhaseError if it does not exist. */
export function baseDirectory(sourceDir: string, base: string | undefined): string {
  const folder = join(sourceDir, base ?? '.');
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw new PhaseError('CLIENT_ERROR', `no matching base directory path found for ${base ?? '.'}`);
}
