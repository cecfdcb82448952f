import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Command } from 'commander';
import type { AppConfig } from '../../config/app';
import { type RetrainingLocation, retrainingParameter } from '../../retraining/contract';
import { endpointName } from '../../rollout/contract';
import { EXIT, exitCodeOf } from '../exit';
import { APPLICATION } from '../options';
import { type ApplicationOptions, applicationConfig } from '../rollout/application';
import { readLocation } from '../rollout/location';
import { putLabels } from './put';
import { lastQualityReport, qualityText } from './quality';

/** `assay labels put` and `assay quality`. */
export function registerFeedback(program: Command): void {
  program
    .command('labels')
    .description('ground truth that arrives after the answers')
    .command('put')
    .description('store a file of labels: inference_id, label and, where requests have several rows, row')
    .argument('<file>', 'CSV with a header, or JSON lines')
    .option(...APPLICATION)
    .action(async (file: string, options: ApplicationOptions) => {
      const { config, s3, location } = await open(options);
      const lines = await putLabels(s3, location.monitoringBucket, file);
      process.stdout.write(`${config.application}: ${lines.join('\n')}\n`);
    });
  program
    .command('quality')
    .description('what the last check of live metrics said: 0 pass, 1 fail, 2 inconclusive')
    .option(...APPLICATION)
    .option('--json', 'print the report as JSON on standard output')
    .action(async (options: ApplicationOptions) => {
      process.exitCode = await showQuality(options);
    });
}

/** @returns the exit code; before the first check that of inconclusive */
async function showQuality(options: ApplicationOptions): Promise<number> {
  const { config, s3, location } = await open(options);
  const endpoint = endpointName(config.application, 'production');
  const last = await lastQualityReport(s3, location.monitoringBucket, endpoint);
  if (last === undefined) {
    process.stdout.write(`${endpoint}: no check of live metrics has ended yet; they run every day\n`);
    return EXIT.inconclusive;
  }
  const json = options.json === true;
  process.stdout.write(json ? `${JSON.stringify(last.report, null, 2)}\n` : qualityText(last, endpoint));
  return exitCodeOf(last.report.verdict);
}

interface Opened {
  readonly config: AppConfig;
  readonly s3: S3Client;
  readonly location: RetrainingLocation;
}

async function open(options: ApplicationOptions): Promise<Opened> {
  const config = applicationConfig(options);
  const { application, region } = config;
  const client = { region, maxAttempts: 2 };
  const location = await readLocation<RetrainingLocation>(
    new SSMClient(client),
    config,
    retrainingParameter(application),
  );
  const s3 = new S3Client({ ...client, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  return { config, s3, location };
}
