import type { Json } from '../../engine/json';
import { jsonService, type Operation } from '../../gateway/json-service';
import { AwsError, type ServiceHandler } from '../../gateway/service';
import type { ExecutionService } from './executions';
import type { Machines } from './machines';
import { page } from './page';
import type { ExecutionStore } from './store';

type Operations = Readonly<Record<string, Operation>>;

/** The API of Step Functions: AWS JSON 1.0, credential scope `states`. */
export function statesApi(machines: Machines, executions: ExecutionService, store: ExecutionStore): ServiceHandler {
  return jsonService({
    services: ['states'],
    targetPrefix: 'AWSStepFunctions',
    operations: { ...executionOperations(machines, executions, store), ...machineOperations(machines) },
  });
}

function executionOperations(machines: Machines, executions: ExecutionService, store: ExecutionStore): Operations {
  return {
    StartExecution: (input) => {
      const text = optional(input, 'input') ?? '{}';
      const { executionArn, startDate } = executions.startText(
        required(input, 'stateMachineArn'),
        text,
        optional(input, 'name'),
      );
      return { executionArn, startDate };
    },
    DescribeExecution: (input) => {
      const execution = executions.describe(required(input, 'executionArn'));
      const included = { included: true };
      return {
        ...execution,
        inputDetails: included,
        ...(execution.output !== undefined && { outputDetails: included }),
        redriveCount: 0,
      };
    },
    StopExecution: async (input) => {
      const arn = required(input, 'executionArn');
      await executions.stop(arn, optional(input, 'error'), optional(input, 'cause'));
      return { stopDate: executions.describe(arn).stopDate };
    },
    ListExecutions: (input) => {
      const { arn } = machines.get(required(input, 'stateMachineArn'));
      const status = optional(input, 'statusFilter');
      const all = store
        .list()
        .filter((e) => e.stateMachineArn === arn && (status === undefined || e.status === status));
      const { items, ...next } = page(all, input);
      return { executions: items, ...next };
    },
    GetExecutionHistory: (input) => {
      const { executionArn } = executions.describe(required(input, 'executionArn'));
      const events = store.history(executionArn);
      const { items, ...next } = page(input.reverseOrder === true ? [...events].reverse() : events, input);
      return { events: items, ...next };
    },
  };
}

function machineOperations(machines: Machines): Operations {
  return {
    DescribeStateMachine: (input) => {
      const { arn, name, roleArn, creationDate, text } = machines.get(required(input, 'stateMachineArn'));
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        definition: text,
        roleArn,
        type: 'STANDARD',
        creationDate,
      };
    },
    ListStateMachines: (input) => {
      const all = machines
        .list()
        .map(({ arn, name, creationDate }) => ({ stateMachineArn: arn, name, type: 'STANDARD', creationDate }));
      const { items, ...next } = page(all, input);
      return { stateMachines: items, ...next };
    },
  };
}

function required(input: Json, name: string): string {
  const value = optional(input, name);
  if (value !== undefined) return value;
  throw new AwsError('ValidationException', `'${name}' is required`);
}

function optional(input: Json, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AwsError('ValidationException', `'${name}' must be a string; found a ${typeof value}`);
}
