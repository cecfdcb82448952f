import { rolloutStatus } from '../../core/rollout/status';
import { EXIT } from '../exit';
import { type ApplicationOptions, applicationConfig } from './application';
import { rolloutClients } from './clients';
import { locate } from './location';
import { readStatus } from './status-facts';
import { statusText } from './status-text';

/** `assay status`. @returns the exit code */
export async function showStatus(options: ApplicationOptions): Promise<number> {
  const config = applicationConfig(options);
  const clients = rolloutClients(config.region);
  const production = await locate(clients.ssm, config, 'production');
  const status = rolloutStatus(await readStatus(clients, config, production));
  process.stdout.write(options.json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
  return EXIT.pass;
}
