import type { ColumnType } from '../config/gates';

export const MANIFEST_SCHEMA = 'assay.golden/1';

/** `datasets/<name>/<version>/<path>` in the golden bucket. */
export const datasetKey = (name: string, version: string, path: string): string =>
  `datasets/${name}/${version}/${path}`;

export const manifestKey = (name: string, version: string): string => datasetKey(name, version, 'manifest.json');

export interface GoldenFile {
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Records, without the header. */
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Of the object in this bucket; not part of the digest. */
  readonly versionId?: string;
}

/** `manifest.json`: what a version of a golden dataset consists of. */
export interface GoldenManifest {
  readonly schema: typeof MANIFEST_SCHEMA;
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>`; equal for equal data in every account. */
  readonly digest: string;
  readonly files: readonly GoldenFile[];
}

/** Where raw CSV files land: `landing/<dataset>/…`. */
export const LANDING_FOLDER = 'landing/';

export const landingPrefix = (name: string): string => `${LANDING_FOLDER}${name}/`;

/** Version of a dataset that landed files were put into. @param root version that gates.yaml names */
export const landedVersion = (root: string, number: number): string => `${root}.landed-${number}`;

/** State of a dataset's landed files. @param root version that gates.yaml names */
export const landedKey = (name: string, root: string): string => datasetKey(name, root, 'landed.json');

/** Keys that taking landed files writes, as patterns. */
export const LANDED_VERSIONS = ['datasets/*/*.landed-*/*', 'datasets/*/*/landed.json'] as const;
