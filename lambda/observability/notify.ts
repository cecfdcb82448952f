import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { NoticeDraft } from '../../lib/core/notice/notice';
import { writeNotice } from '../../lib/core/notice/text';
import {
  ALARM_EVENT,
  EXECUTION_EVENT,
  NOTIFY_ENV,
  type NoticedEvent,
  PIPELINE_EVENT,
  STAGE_EVENT,
} from '../../lib/observability/contract';
import { requiredEnv } from '../shared/text';
import { draftAlarm } from './alarm-notice';
import { NoticeClaims } from './claim';
import { publishOnce } from './publish';
import { draftDecision, draftFinding } from './retraining-notice';
import { draftRollback } from './rollback-notice';
import { draftFailure, draftRelease } from './run-notice';

const sns = new SNSClient({});
const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** Tells people about an event, once however often it is delivered. */
export async function handler(event: NoticedEvent): Promise<void> {
  const notice = writeNotice(requiredEnv(NOTIFY_ENV.application), await draft(event));
  const chatTopicArn = process.env[NOTIFY_ENV.chatTopicArn];
  const channels = { topicArn: requiredEnv(NOTIFY_ENV.topicArn), ...(chatTopicArn ? { chatTopicArn } : {}) };
  await publishOnce(notice, channels, { sns, claims: new NoticeClaims(requiredEnv(NOTIFY_ENV.table), dynamodb) });
}

async function draft(event: NoticedEvent): Promise<NoticeDraft> {
  switch (event['detail-type']) {
    case STAGE_EVENT:
      return draftFailure(event);
    case PIPELINE_EVENT:
      return draftRelease(event);
    case ALARM_EVENT:
      return draftAlarm(event);
    case EXECUTION_EVENT:
      return draftRollback(event);
    case 'Assay Retraining Decided':
      return draftDecision(event);
    case 'Assay Drift Detected':
    case 'Assay Degradation Detected':
      return draftFinding(event);
    default:
      throw new Error(
        `no notice is known for events of type ${JSON.stringify((event as NoticedEvent)['detail-type'])}`,
      );
  }
}
