import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadGates } from '../config/load';
import { buildReport } from '../core/report/build';
import type { Report } from '../core/report/report';
import type { ModelEvidence } from '../engines/model/gather';
import { UsageError } from '../release/environment';
import { localUses, noteUse } from '../release/holdout-uses';
import { answersRequest, digestOf, featuresOf, goldenRequest, readEvidence } from './model-input';
import { whileReading } from './model-reading';

export interface ModelFiles {
  readonly workload: string;
  readonly predictions: string;
  readonly champion?: string | undefined;
  readonly data?: string | undefined;
}

/** Judges local files by the gates.yaml of a workload. Uses of the holdout are counted in the workload's `.assay` folder. */
export async function judgeModelFiles({ workload, predictions, champion, data }: ModelFiles): Promise<Report> {
  const { gates } = loadGates(workload);
  const { dataset, model } = gates;
  const folder = data === undefined ? resolve(workload, dataset.path) : resolve(data);
  const holdout = join(folder, dataset.holdout);
  requireFiles([holdout, predictions, ...(champion === undefined ? [] : [champion])]);
  const evidence: ModelEvidence = {
    request: {
      task: dataset.task,
      golden: goldenRequest(gates, [holdout], dataset.holdout),
      challenger: answersRequest(gates, [predictions], predictions),
    },
    ...(champion === undefined
      ? {}
      : { champion: { name: basename(champion), answers: answersRequest(gates, [champion], champion) } }),
    model,
    features: featuresOf(gates),
    noteUse: async () => {
      const digest = `sha256:${await digestOf(holdout)}`;
      const use = { predictions: await digestOf(predictions), at: new Date().toISOString(), by: basename(predictions) };
      return noteUse(localUses(workload, digest), digest, use);
    },
  };
  const judge = await whileReading((reading) => readEvidence(evidence, reading));
  return buildReport({ gate: 'model', release: { model: basename(predictions) }, checks: judge() }, new Date());
}

/** @throws UsageError naming the first file that is not there */
export function requireFiles(files: readonly string[]): void {
  const absent = files.find((file) => !existsSync(file));
  if (absent !== undefined) throw new UsageError(`${absent}: there is no such file`);
}
