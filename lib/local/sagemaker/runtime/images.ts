import { join } from 'node:path';
import { unsupported } from '../errors';
import { runCommand, type ToolContext } from './command';

/** Image repositories whose contract (script mode, scikit-learn's handlers) the local Python runtime keeps. */
export const LOCAL_REPOSITORIES: readonly string[] = ['sagemaker-scikit-learn'];

const ECR_IMAGE =
  /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+?)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** Throws ValidationException unless the image is one that the local runtime stands in for. */
export function requireLocalImage(image: string, where: string): void {
  const repository = ECR_IMAGE.exec(image)?.[2];
  if (repository === undefined || !LOCAL_REPOSITORIES.includes(repository)) {
    throw unsupported(`${where}: image ${image}`, `ECR repositories named ${LOCAL_REPOSITORIES.join(', ')}`);
  }
}

const digests = new Map<string, Promise<string>>();

/** `sha256:<hex>` over Python's version and the distributions of the virtual environment; read once for each engine. */
export function imageDigest(context: ToolContext): Promise<string> {
  const known = digests.get(context.venv) ?? readDigest(context);
  digests.set(context.venv, known);
  return known;
}

async function readDigest(context: ToolContext): Promise<string> {
  const script = join(__dirname, '..', 'container', 'fingerprint.py');
  return (await runCommand(context, join(context.venv, 'bin', 'python'), [script], 60_000)).trim();
}
