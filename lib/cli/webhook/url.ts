import { EXIT } from '../exit';
import type { ApplicationOptions } from '../rollout/application';
import { textTable } from '../rollout/table';
import { locateWebhook } from './location';

/** `assay webhook url`. @returns the exit code */
export async function showUrl(options: ApplicationOptions): Promise<number> {
  const location = await locateWebhook(options);
  const rows = [
    ['signed', location.url],
    ['IAM', location.iamUrl],
    ['secret', location.secretArn],
  ];
  const text = `${textTable(rows).join('\n')}\n`;
  process.stdout.write(options.json === true ? `${JSON.stringify(location, null, 2)}\n` : text);
  return EXIT.pass;
}
