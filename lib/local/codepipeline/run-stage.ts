import type { ActionDefinition, StageDefinition } from './definition';
import type { Execution, Failure } from './execution';
import { runAction } from './run-action';
import type { ActionRecord } from './store';

/** Runs a stage's actions, again once where the stage says so. @returns the first failure, if any. */
export async function runStage(execution: Execution, stage: StageDefinition): Promise<Failure | undefined> {
  const succeeded = new Set<string>();
  const failure = await runOrders(execution, stage, succeeded);
  if (failure === undefined || stage.retry === undefined || execution.stopping) return failure;
  execution.emit({ ...execution.about(), stage: stage.name, type: 'stageRetried', mode: stage.retry });
  execution.events.stageState(stage.name, 'RESUMED');
  if (stage.retry === 'ALL_ACTIONS') succeeded.clear();
  return runOrders(execution, stage, succeeded);
}

/** Actions of one run order run side by side; the next order starts when all of them succeeded. */
async function runOrders(
  execution: Execution,
  stage: StageDefinition,
  succeeded: Set<string>,
): Promise<Failure | undefined> {
  for (const order of byRunOrder(stage.actions)) {
    if (execution.stopping) return { stage: stage.name, code: 'Stopped', message: 'the run was stopped' };
    const due = order.filter(({ name }) => !succeeded.has(name));
    const records = await Promise.all(due.map((action) => runAction(execution, stage, action)));
    for (const { actionName, status } of records) if (status === 'Succeeded') succeeded.add(actionName);
    const failed = records.find(({ status }) => status !== 'Succeeded');
    if (failed !== undefined) return toFailure(stage, failed);
  }
  return undefined;
}

const byRunOrder = (actions: readonly ActionDefinition[]): ActionDefinition[][] =>
  [...new Set(actions.map(({ runOrder }) => runOrder))]
    .sort((a, b) => a - b)
    .map((order) => actions.filter(({ runOrder }) => runOrder === order));

const toFailure = (stage: StageDefinition, { actionName, error }: ActionRecord): Failure => ({
  stage: stage.name,
  action: actionName,
  code: error?.code ?? 'JobFailed',
  message: error?.message ?? 'the action failed without a reason',
});
