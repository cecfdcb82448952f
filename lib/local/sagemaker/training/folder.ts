import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '../core';
import { fetchArchive } from '../runtime/folders';
import { FAILURE_LENGTH, type TrainingJobRecord } from './record';

/** The folder of a job, laid out like /opt/ml. */
export const jobFolder = (core: Core, name: string): string => join(core.context.stateDir, 'jobs', name);

/** What SageMaker calls a ClientError: the request points at data or code that is not there. */
export class ClientError extends Error {}

/** Writes configuration, downloads channels and code. Rejects with ClientError if something is not in S3. */
export async function prepareFolder(core: Core, job: TrainingJobRecord): Promise<string> {
  const root = jobFolder(core, job.input.TrainingJobName);
  await rm(root, { recursive: true, force: true });
  const folders = ['input/config', 'input/data', 'model', 'output/data', 'code'];
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  await writeConfig(root, job);
  for (const { ChannelName: name, DataSource } of job.input.InputDataConfig ?? []) {
    const uri = DataSource.S3DataSource?.S3Uri ?? '';
    const found = await core.objects.downloadAll(uri, join(root, 'input', 'data', name)).catch((error: Error) => {
      throw new ClientError(`Data download failed: channel ${name}: ${uri}: ${error.message}`, { cause: error });
    });
    if (found === 0) {
      throw new ClientError(`Data download failed: no S3 objects found under "${uri}" given for channel ${name}`);
    }
  }
  const source = decoded(job.input.HyperParameters?.sagemaker_submit_directory ?? '');
  await fetchArchive(core, source, join(root, 'code')).catch((error: Error) => {
    throw new ClientError(`sagemaker_submit_directory: ${error.message}`, { cause: error });
  });
  return root;
}

async function writeConfig(root: string, job: TrainingJobRecord): Promise<void> {
  const resources = { current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'lo' };
  const mode = job.input.AlgorithmSpecification.TrainingInputMode ?? 'File';
  const channels = (job.input.InputDataConfig ?? []).map((channel) => [
    channel.ChannelName,
    {
      TrainingInputMode: channel.InputMode ?? mode,
      S3DistributionType: channel.DataSource.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: 'None',
      ...(channel.ContentType !== undefined && { ContentType: channel.ContentType }),
    },
  ]);
  const files = {
    'hyperparameters.json': job.input.HyperParameters ?? {},
    'inputdataconfig.json': Object.fromEntries(channels),
    'resourceconfig.json': resources,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(root, 'input', 'config', name), JSON.stringify(content));
  }
}

/** Hyperparameters may be JSON-encoded strings, as the Python SDK sends them. */
function decoded(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}

/** What the script left in `output/failure`, or else the last line of its log that names an error. */
export async function failureText(root: string, log: string, code: number): Promise<string> {
  const written = await readFile(join(root, 'output', 'failure'), 'utf8').catch(ignoreMissing);
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const raised = lines.findLast((line) => /^[\w.]+(Error|Exception|Exit|Interrupt|Warning)\b/.test(line));
  const text = written?.trim() || raised || lines.at(-1) || `the script exited with code ${code}`;
  return `AlgorithmError: ${text}`.slice(0, FAILURE_LENGTH);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
