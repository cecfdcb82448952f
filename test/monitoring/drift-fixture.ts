import { gatesSchema } from '../../lib/config/gates';
import { type Baseline, baselineOf } from '../../lib/core/drift/baseline';
import { joinBaselines, predictionBaseline } from '../../lib/core/monitoring/predictions';
import { createRandom, drawNormal, type Random } from '../../lib/core/statistics';
import type { Moto } from '../support/moto';
import { MONITORING, put } from './quality-fixture';

export const GATES = gatesSchema.parse({
  version: 1,
  dataset: {
    name: 'churn',
    version: '1',
    key: 'id',
    label: 'y',
    columns: { id: 'string', spend: 'number', plan: 'string', y: 'integer' },
  },
  model: { metrics: { roc_auc: { min: 0.5 } } },
});

interface Asked {
  readonly spend: number | null;
  readonly plan: string;
}

const ask = (random: Random, shift: number): Asked => ({
  spend: random() < 0.05 ? null : 50 + 10 * (drawNormal(random) + shift),
  plan: random() < 0.7 ? 'monthly' : 'annual',
});
const scoreOf = ({ spend }: Asked): number => 1 / (1 + Math.exp(-((spend ?? 50) - 50) / 10));

/** Of 5,000 rows like those that come without drift. */
export function baseline(): Baseline {
  const random = createRandom(1);
  const rows = Array.from({ length: 5000 }, () => ask(random, 0));
  const spend = rows.flatMap((row) => row.spend ?? []);
  const [pinned] = predictionBaseline(
    spend.map((value) => [value]),
    { task: 'binary' },
    10,
  );
  if (pinned?.kind !== 'numeric') throw new Error('no numbers');
  const missing = rows.length - spend.length;
  const plans = ['monthly', 'annual'].map((name) => ({ name, rows: rows.filter(({ plan }) => plan === name).length }));
  const features: Baseline = {
    ...baselineOf('train', [], new Date(0)),
    columns: [
      { ...pinned, name: 'spend', rows: rows.length, missing },
      { kind: 'categorical', name: 'plan', rows: rows.length, missing: 0, categories: plans },
    ],
  };
  return joinBaselines(
    features,
    predictionBaseline(
      rows.map((row) => [scoreOf(row)]),
      { task: 'binary' },
      10,
    ),
  );
}

export interface Requests {
  readonly seed: number;
  readonly count: number;
  /** First and last, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Standard deviations that spending has moved. @default 0 */
  readonly shift?: number;
  /** @default - none */
  readonly inferenceId?: string;
}

export function captureLines({ seed, count, from, to, shift = 0, inferenceId }: Requests): readonly [Date, string][] {
  const random = createRandom(seed);
  const [first, last] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: count }, (_, i) => {
    const row = ask(random, shift);
    const at = new Date(first + ((last - first) * i) / count);
    const side = (data: object) => ({
      observedContentType: 'application/json',
      encoding: 'JSON',
      data: JSON.stringify(data),
    });
    const line = JSON.stringify({
      captureData: {
        endpointInput: side({ instances: [row] }),
        endpointOutput: side({ predictions: [{ score: scoreOf(row) }] }),
      },
      eventMetadata: {
        eventId: `${seed}-${i}`,
        inferenceTime: `${at.toISOString().slice(0, 19)}Z`,
        ...(inferenceId === undefined ? {} : { inferenceId }),
      },
      eventVersion: '0',
    });
    return [at, line] as const satisfies readonly [Date, string];
  }) as [Date, string][];
}

/** Files lines as SageMaker does, a file an hour. @param folder `blue=1/green=none` */
export async function fileLines(
  moto: Moto,
  folder: string,
  variant: string,
  lines: readonly (readonly [Date, string])[],
  end = '\n',
): Promise<void> {
  const files = new Map<string, string[]>();
  for (const [at, line] of lines) {
    const hour = at.toISOString().slice(0, 13).replace(/[-T]/g, '/');
    const file = files.get(hour) ?? [];
    file.push(line);
    files.set(hour, file);
  }
  for (const [hour, content] of files) {
    const key = `capture/${folder}/churn-production/${variant}/${hour}/00-${Math.abs(hash(content.join()))}.jsonl`;
    await put(moto, MONITORING, key, content.join('\n') + end);
  }
}

const hash = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
