import { resolve } from 'node:path';
import configuration from '../../../assay.config';
import { type AppConfig, loadAppConfig } from '../../config/app';

/** Folder of this project. */
const ROOT = resolve(__dirname, '../../..');

/** Options that name a deployed application. */
export interface ApplicationOptions {
  /** @default - what assay.config.ts names */
  readonly application?: string;
  readonly json?: true;
}

/** The configuration of the application; its name may be another's, e.g. of one that `assay run --workload` made. */
export const applicationConfig = ({ application }: ApplicationOptions): AppConfig =>
  loadAppConfig(configuration, application === undefined ? {} : { application });

/** Folder with gates.yaml: as given, or as assay.config.ts names it. */
export const workloadFolder = (config: AppConfig, given: string | undefined): string =>
  given === undefined ? resolve(ROOT, config.workload.path) : resolve(given);
