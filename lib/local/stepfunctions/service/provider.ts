import { createHash } from 'node:crypto';
import type { ResolvedResource, ResourceProvider } from '../../engine/ports';
import { DefinitionError } from '../validation/validate';
import type { Machines } from './machines';

/** Properties that change nothing on one machine: there is one role, the log is the history, nothing is traced. */
const WITHOUT_EFFECT = ['RoleArn', 'LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration', 'Tags'];
const KNOWN = ['StateMachineName', 'StateMachineType', 'DefinitionString', 'Definition', ...WITHOUT_EFFECT];

/** AWS::StepFunctions::StateMachine: reads and checks the whole definition before anything runs. */
export function stateMachineProvider(machines: Machines): ResourceProvider {
  return {
    types: ['AWS::StepFunctions::StateMachine'],
    create: async (resource) => {
      const { properties } = resource;
      const unknown = Object.keys(properties).filter((name) => !KNOWN.includes(name));
      if (unknown.length > 0) {
        throw refusal(resource, [
          `has ${unknown.join(', ')}, which the one-machine engine does not know; it knows ${KNOWN.join(', ')}`,
        ]);
      }
      const type = properties.StateMachineType ?? 'STANDARD';
      if (type !== 'STANDARD') throw refusal(resource, [`StateMachineType must be STANDARD; found ${String(type)}`]);
      const name =
        typeof properties.StateMachineName === 'string' ? properties.StateMachineName : generatedName(resource);
      const roleArn = typeof properties.RoleArn === 'string' ? properties.RoleArn : '';
      try {
        const { arn } = await machines.put(name, definitionText(resource), roleArn);
        return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
      } catch (error) {
        if (error instanceof DefinitionError) throw refusal(resource, error.problems);
        throw error;
      }
    },
  };
}

function definitionText(resource: ResolvedResource): string {
  const { DefinitionString: text, Definition: object } = resource.properties;
  if (typeof text === 'string' && object === undefined) return text;
  if (typeof object === 'object' && object !== null && text === undefined) return JSON.stringify(object);
  throw refusal(resource, ['needs its definition as DefinitionString or as Definition, and not both']);
}

/** As CloudFormation names it, but the same in every run: logical id and a few characters of its own. */
function generatedName({ stack, logicalId }: ResolvedResource): string {
  const mark = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 12);
  return `${logicalId.slice(0, 67)}-${mark}`;
}

function refusal({ logicalId, stack }: ResolvedResource, problems: readonly string[]): Error {
  const subject = `State machine ${logicalId} of stack ${stack}`;
  return new Error(problems.map((problem) => `${subject}: ${problem}`).join('\n'));
}
