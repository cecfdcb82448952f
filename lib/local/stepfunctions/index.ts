import type { EngineContext, LambdaInvoker, ResourceProvider } from '../engine/ports';
import type { ServiceHandler } from '../gateway/service';
import { createIntegrations, type FindIntegration } from './integrations/registry';
import { Sdk } from './integrations/sdk';
import type { Executions } from './integrations/start-execution';
import { statesApi } from './service/api';
import { ExecutionService } from './service/executions';
import { Machines } from './service/machines';
import { stateMachineProvider } from './service/provider';
import { ExecutionStore } from './service/store';

export type { ExecutionDescription } from './integrations/start-execution';

/** Step Functions of the one-machine engine. */
export interface StepFunctions extends Executions {
  readonly handlers: readonly ServiceHandler[];
  readonly providers: readonly ResourceProvider[];
  /** Executions that have not ended. */
  underway(): readonly Promise<unknown>[];
  /** Aborts what runs, with the jobs it started; the gateway has to be up until this has ended. */
  close(): Promise<void>;
}

/**
 * Runs the JSONata state machines of the assembly. Executions that ran when an earlier engine died are ABORTED from
 * the start.
 */
export function createStepFunctions(context: EngineContext, lambda: LambdaInvoker): StepFunctions {
  const sdk = new Sdk(context);
  // Integrations start executions, and executions use integrations: both find the other when they need it.
  const later: Executions = {
    start: (...args) => service.start(...args),
    wait: (...args) => service.wait(...args),
    stop: (...args) => service.stop(...args),
    describe: (arn) => service.describe(arn),
  };
  const find: FindIntegration = createIntegrations(sdk, lambda, later);
  const machines = new Machines(context, find);
  const store = new ExecutionStore(context);
  const service = new ExecutionService(context, machines, store, find);
  return {
    handlers: [statesApi(machines, service, store)],
    providers: [stateMachineProvider(machines)],
    ...later,
    underway: () => service.underway(),
    close: async () => {
      await service.close();
      sdk.close();
    },
  };
}
