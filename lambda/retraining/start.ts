import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RetrainingPolicy } from '../../lib/core/retraining/state';
import { RETRAINING_ENV } from '../../lib/retraining/contract';
import { requiredEnv } from '../shared/text';
import { Coordinator } from './coordinator';
import { tell } from './decisions';
import { PipelineRuns } from './pipeline';
import { readEvent } from './requests';
import { TriggerStore } from './store';

const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});
const codepipeline = new CodePipelineClient({});
const eventbridge = new EventBridgeClient({});

/** Everything that asks for a run, the runs themselves, and the tick come here: one place decides. */
export async function handler(event: unknown): Promise<void> {
  const wanted = readEvent(event);
  if (wanted.what === 'nothing') return console.info(wanted.why);
  const application = requiredEnv(RETRAINING_ENV.application);
  const coordinator = new Coordinator({
    store: new TriggerStore(requiredEnv(RETRAINING_ENV.table), dynamodb),
    pipeline: new PipelineRuns(requiredEnv(RETRAINING_ENV.pipelineName), codepipeline),
    policy: JSON.parse(requiredEnv(RETRAINING_ENV.policy)) as RetrainingPolicy,
    tell: (decisions) => tell(eventbridge, application, decisions),
  });
  if (wanted.what === 'request') return coordinator.request(wanted.request, wanted.now);
  return wanted.what === 'run' ? coordinator.run(wanted.change) : coordinator.tick(wanted.now);
}
