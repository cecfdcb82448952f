import { type Command, InvalidArgumentError } from 'commander';
import { APPLICATION, JSON_FLAG } from '../options';
import type { ApplicationOptions } from '../rollout/application';
import type { RotateOptions } from './rotate';
import type { SendOptions } from './send';

/** `assay webhook send|url|rotate`. What a command needs is loaded when it runs. */
export function registerWebhook(program: Command): void {
  const webhook = program.command('webhook').description('where monitors outside AWS ask for retraining');
  webhook
    .command('send')
    .description('sign and send one delivery, and print the answer: 0 accepted, 1 refused')
    .requiredOption('--source <name>', 'who measured, e.g. grafana')
    .requiredOption('--metric <name>', 'what, e.g. psi')
    .requiredOption('--value <number>', 'how much', amount)
    .option('--feature <name>', 'a column that it concerns; again for further ones', collect, [])
    .option('--url <url>', 'where to (default: the deployed webhook)')
    .option('--secret-file <file>', 'file with the secret (default: ASSAY_WEBHOOK_SECRET, or Secrets Manager)')
    .option('--iam', 'sign with the AWS credentials of this shell instead of the secret')
    .option('--id <id>', 'id of the delivery; the same id is taken once (default: a new one)')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: SendOptions) => {
      process.exitCode = await (await import('./send')).sendDelivery(options);
    });
  webhook
    .command('url')
    .description('addresses of the deployed webhook, and where its secret is')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: ApplicationOptions) => {
      process.exitCode = await (await import('./url')).showUrl(options);
    });
  webhook
    .command('rotate')
    .description('make a new secret; the present one goes on being valid for a day')
    .option('--secret-file <file>', 'write the new secret to this new file, for its owner alone')
    .option('--force', 'even if that ends a secret whose day is not over')
    .option(...APPLICATION)
    .option(...JSON_FLAG)
    .action(async (options: RotateOptions) => {
      process.exitCode = await (await import('./rotate')).rotateSecret(options);
    });
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(`It is a finite number.`);
  return value;
}

const collect = (feature: string, features: readonly string[]): readonly string[] => [...features, feature];
