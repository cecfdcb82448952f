import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import type { AppConfig } from '../../config/app';
import { UsageError } from '../../release/environment';
import { type RetrainingLocation, retrainingParameter } from '../../retraining/contract';
import type { EnvironmentName } from '../../rollout/contract';
import { locationParameter, type ServingLocation } from '../../rollout/rollback-contract';

/** Nothing of this name is deployed where the credentials lead. */
export class NotDeployed extends UsageError {}

type Application = Pick<AppConfig, 'application' | 'region'>;

/** Names and ARNs of a deployed environment. @throws NotDeployed, UsageError without credentials */
export const locate = (ssm: SSMClient, application: Application, environment: EnvironmentName) =>
  readLocation<ServingLocation>(ssm, application, locationParameter(application.application, environment));

/** As `locate`, for triggers and monitors. */
export const locateRetraining = (ssm: SSMClient, application: Application) =>
  readLocation<RetrainingLocation>(ssm, application, retrainingParameter(application.application));

/** What a stack published about itself as JSON. @throws NotDeployed, UsageError without credentials */
export async function readLocation<T>(ssm: SSMClient, { application, region }: Application, Name: string): Promise<T> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return JSON.parse(Parameter?.Value ?? '') as T;
  } catch (error) {
    if (error instanceof ParameterNotFound) {
      throw new NotDeployed(
        `${application} is not deployed in ${region}: there is no parameter ${Name}; deploy it with "npx cdk deploy --all", or name another with --application`,
      );
    }
    throw explained(error);
  }
}

/** Faults of the surroundings as usage; anything else as it is. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/.test(error.name)) {
    return new UsageError(`AWS does not know who asks: ${error.message}`);
  }
  if ('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND')) {
    return new UsageError(unreachable(error.message));
  }
  return error;
}

function unreachable(message: string): string {
  const engine = process.env.AWS_ENDPOINT_URL;
  return engine === undefined
    ? `AWS does not answer (${message}); for an engine on this machine, set the variables that "assay run" printed`
    : `${engine} does not answer (${message}); is "assay run" still up?`;
}
