import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { gatesSchema } from '../../lib/config/gates';
import { createRandom, drawNormal } from '../../lib/core/statistics';
import { MONITOR_ENV } from '../../lib/monitoring/contract';
import { RETRAINING_KEYS } from '../../lib/retraining/contract';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { ITEMS, TABLE_KEYS } from '../../lib/rollout/records';
import { release } from '../rollout/run-fixture';
import type { Moto } from '../support/moto';

export const ENDPOINT = 'churn-production';
export const MONITORING = 'monitoring';
const ARTIFACTS = 'artifacts';

export const gatesWith = (quality: object, model: object = {}) =>
  gatesSchema.parse({
    version: 1,
    dataset: {
      name: 'churn',
      version: '1',
      key: 'id',
      label: 'churned',
      columns: { id: 'string', plan: 'string', months: 'integer', churned: 'integer' },
    },
    model: { metrics: { roc_auc: { min: 0.75 } }, ...model },
    monitoring: { quality },
  });

/** The account as the constructs leave it, with releases of these gates on record. */
export async function deploy(moto: Moto, gates: object, releases: readonly number[]): Promise<void> {
  Object.assign(process.env, {
    [MONITOR_ENV.application]: 'churn',
    [ROLLOUT_ENV.endpoint]: ENDPOINT,
    [MONITOR_ENV.monitoringBucket]: MONITORING,
    [MONITOR_ENV.artifactBucket]: ARTIFACTS,
    [ROLLOUT_ENV.table]: 'rollouts',
    [MONITOR_ENV.retrainingTable]: 'retraining',
  });
  await moto.createBucket(MONITORING, false);
  await moto.createBucket(ARTIFACTS);
  const dynamodb = new DynamoDBClient({ endpoint: moto.endpoint });
  const text = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  const { partition, sort } = TABLE_KEYS;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'rollouts',
      AttributeDefinitions: text(partition, sort),
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'retraining',
      AttributeDefinitions: text(RETRAINING_KEYS.partition),
      KeySchema: [{ AttributeName: RETRAINING_KEYS.partition, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const documents = DynamoDBDocumentClient.from(dynamodb);
  for (const version of releases) {
    const record = release(version, `2026-10-0${version}T00:00:00.000Z`);
    const Item = { ...record, [partition]: ENDPOINT, [sort]: `${ITEMS.releases}${record.promotedAt}` };
    await documents.send(new PutCommand({ TableName: 'rollouts', Item }));
    await put(moto, ARTIFACTS, `runs/run-${version}/release.json`, JSON.stringify({ runId: `run-${version}`, gates }));
  }
  dynamodb.destroy();
}

export async function put(moto: Moto, Bucket: string, Key: string, Body: string): Promise<void> {
  await moto.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** One request to the endpoint: rows with the true label and the score that the model gave. */
export interface Traffic {
  readonly id: string;
  readonly at: Date;
  readonly rows: readonly {
    readonly plan: string;
    readonly months: number;
    readonly label: 0 | 1;
    readonly score: number;
  }[];
}

/** Seeded requests of a model whose ROC AUC is Φ(apart/√2). @param batch rows of every tenth request */
export function trafficOf(
  count: number,
  {
    seed,
    from,
    seconds,
    apart = 1.2,
    batch = 1,
  }: { seed: number; from: string; seconds: number; apart?: number; batch?: number },
): readonly Traffic[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => ({
    id: `q-${seed}-${i}`,
    at: new Date(Date.parse(from) + i * seconds * 1000),
    rows: Array.from({ length: i % 10 === 9 ? batch : 1 }, () => {
      const label = random() < 0.3 ? 1 : 0;
      const latent = drawNormal(random) + (label === 1 ? apart : 0);
      return {
        plan: random() < 0.6 ? 'monthly' : 'annual',
        months: Math.floor(random() * 24),
        label,
        score: 1 / (1 + Math.exp(-latent)),
      };
    }),
  }));
}

export function captureLine({ id, at, rows }: Traffic, index: number): string {
  const instances = rows.map(({ plan, months }, i) => ({ id: `${id}-${i}`, plan, months }));
  const data = JSON.stringify({ instances });
  // Every third request came as CSV, every fifth in a type that is kept as base64.
  const csv = instances.map((row) => [row.id, row.plan, row.months].join(',')).join('\n');
  const input =
    index % 3 === 0
      ? { observedContentType: 'text/csv', mode: 'INPUT', data: csv, encoding: 'CSV' }
      : index % 5 === 0
        ? { observedContentType: 'application/x-json', mode: 'INPUT', data: btoa(data), encoding: 'BASE64' }
        : { observedContentType: 'application/json', mode: 'INPUT', data, encoding: 'JSON' };
  const answers = JSON.stringify({ predictions: rows.map(({ score }) => ({ score })) });
  const output = { observedContentType: 'application/json', mode: 'OUTPUT', data: answers, encoding: 'JSON' };
  return JSON.stringify({
    captureData: { endpointInput: input, endpointOutput: output },
    eventMetadata: { eventId: `e-${id}`, inferenceId: id, inferenceTime: `${at.toISOString().slice(0, 19)}Z` },
    eventVersion: '0',
  });
}

/** Files the traffic as SageMaker does: a file an hour and variant. */
export async function capture(moto: Moto, traffic: readonly Traffic[], blue: string, more = ''): Promise<void> {
  const files = new Map<string, string[]>();
  for (const [index, request] of traffic.entries()) {
    const hour = request.at.toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
    const key = `capture/blue=${blue}/green=none/${ENDPOINT}/blue/${hour}/00-00-000-x.jsonl`;
    files.set(key, [...(files.get(key) ?? []), captureLine(request, index)]);
  }
  for (const [key, lines] of files) await put(moto, MONITORING, key, `${lines.join('\n')}\n${more}`);
}

export const labelCsv = (traffic: readonly Traffic[]): string =>
  [
    'inference_id,row,label',
    ...traffic.flatMap(({ id, rows }) => rows.map(({ label }, row) => `${id},${row},${label}`)),
    '',
  ].join('\n');
