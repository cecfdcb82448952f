import { type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Permissions } from '../../core/rollout/preflight';
import type { ServingLocation } from '../../rollout/rollback-contract';

interface Need {
  readonly actions: readonly string[];
  readonly resource: string;
  /** Value of `iam:PassedToService`, without which a conditional PassRole is not allowed. */
  readonly passedTo?: string;
}

/** What the function that changes the endpoint has to be allowed; boundaries and organisation policies may forbid it. */
function needs({ endpointName, changeRoleArn, executionRoleArn }: ServingLocation, region: string): readonly Need[] {
  const [, partition = 'aws', , , account = ''] = changeRoleArn.split(':');
  const arn = (type: string, name: string) => `arn:${partition}:sagemaker:${region}:${account}:${type}/${name}`;
  const change = ['CreateEndpoint', 'UpdateEndpoint', 'UpdateEndpointWeightsAndCapacities', 'DeleteEndpoint'];
  const sagemaker = (actions: readonly string[]) => actions.map((action) => `sagemaker:${action}`);
  return [
    { actions: sagemaker(change), resource: arn('endpoint', endpointName) },
    { actions: sagemaker(['CreateEndpointConfig']), resource: arn('endpoint-config', `${endpointName}-x`) },
    { actions: sagemaker(['CreateModel']), resource: arn('model', `${endpointName}-x`) },
    { actions: ['iam:PassRole'], resource: executionRoleArn, passedTo: 'sagemaker.amazonaws.com' },
  ];
}

/** Asks IAM; whoever may not ask, or asks an emulator that cannot tell, learns that nothing was checked. */
export async function readPermissions(iam: IAMClient, location: ServingLocation, region: string): Promise<Permissions> {
  try {
    const denied = await Promise.all(
      needs(location, region).map((need) => deniedOf(iam, location.changeRoleArn, need)),
    );
    return { checked: true, denied: denied.flat() };
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
    return { checked: false, why: `iam:SimulatePrincipalPolicy was not answered (${why})` };
  }
}

async function deniedOf(iam: IAMClient, role: string, need: Need): Promise<readonly string[]> {
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [...need.actions],
      ResourceArns: [need.resource],
      ...(need.passedTo === undefined
        ? {}
        : {
            ContextEntries: [
              { ContextKeyName: 'iam:PassedToService', ContextKeyType: 'string', ContextKeyValues: [need.passedTo] },
            ],
          }),
    }),
  );
  // An action without an answer was not found to be allowed.
  const allowed = new Set(
    EvaluationResults.filter(({ EvalDecision }) => EvalDecision === 'allowed').map(
      ({ EvalActionName }) => EvalActionName,
    ),
  );
  return need.actions.filter((action) => !allowed.has(action)).map((action) => `${action} on ${need.resource}`);
}
