import { createHash } from 'node:crypto';
import type { Gates } from '../../lib/config/gates';
import { gatesSchema } from '../../lib/config/gates';
import type { CaptureSpec } from '../../lib/core/rollout/capture';
import type { VariantSpec } from '../../lib/core/rollout/endpoint';
import { type RegistrationDocument, type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import type { PlanEvent } from '../../lib/rollout/contract';
import type { RunDocuments } from '../shared/run-documents';

/** The gates that were pinned for the run. @throws if release.json holds something else */
export function gatesOf(release: ReleaseDocument): Gates {
  const parsed = gatesSchema.safeParse(release.gates);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`release.json of run ${release.runId}: gates.${issue?.path.join('.')} ${issue?.message}`);
}

/** The release's package: as given, or as registered in this run. */
export async function packageOf(event: PlanEvent, documents: RunDocuments): Promise<string> {
  if (event.modelPackageArn !== undefined && event.modelPackageArn !== '') return event.modelPackageArn;
  const registration = await documents.read<RegistrationDocument>(RUN_KEYS.registration);
  return registration.document.modelPackageArn;
}

/** Names with the same prefix and content are equal, so a repeated call finds what the first one made. */
export function nameFor(prefix: string, content: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  return `${prefix}-${digest}`;
}

/** Names of an endpoint's configurations. One that captures nothing has the name that it had before there was capture. */
export const configNames =
  (endpoint: string) =>
  (variants: readonly VariantSpec[], capture?: CaptureSpec): string =>
    nameFor(endpoint, capture === undefined ? variants : [variants, capture]);

/** Tells names that `nameFor` made with this prefix from those of other endpoints whose names begin the same. */
export const isNameOf =
  (prefix: string) =>
  (name: string): boolean =>
    name.startsWith(`${prefix}-`) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length + 1));
