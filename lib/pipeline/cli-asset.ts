import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { PROJECT_ROOT } from '../shared/assay-function';

/** File name inside the asset. */
export const CLI_FILE = 'assay.js';

/** The commands that builds use; `assay run` needs this project's folder and is not among them. */
export const CLI_ENTRY = join(PROJECT_ROOT, 'lib', 'cli', 'pipeline-entry.ts');

/**
 * The command line as one file that needs Node and nothing else, so that the pushed repository needs no npm packages.
 * Bundled in this process: the same sources give the same bytes on every machine, and no Docker is involved.
 */
export function cliAsset(scope: Construct, id: string): Asset {
  return new Asset(scope, id, {
    path: dirname(CLI_ENTRY),
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type; never pulled, since bundling in this process either works or throws.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(outputDir) {
          bundle(CLI_ENTRY, join(outputDir, CLI_FILE));
          return true;
        },
      },
    },
  });
}

/** @throws if esbuild finds an error */
export function bundle(entry: string, outfile: string): void {
  buildSync({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'silent',
  });
}
