import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { DatasetConfig, Gates } from '../config/gates';
import type { Column } from '../core/data/table';
import { judgeModel } from '../core/model';
import type { Check } from '../core/report/report';
import { gatherModelInput, type ModelEvidence, type ModelReading } from '../engines/model/gather';
import type { AnswersRequest, GoldenRequest } from '../engines/predictions';
import { NoSuchColumn, TableError } from '../engines/table-error';

/**
 * Reads evidence; a holdout or a challenger that cannot be read is a finding.
 *
 * @param asUsage what a column that is not there means to who named it on the command line. @default a finding, too
 * @returns what judges it, once nobody reads any more
 */
export async function readEvidence(
  evidence: ModelEvidence,
  reading: ModelReading,
  asUsage?: (error: NoSuchColumn) => Error,
): Promise<() => readonly Check[]> {
  try {
    const input = await gatherModelInput(evidence, reading);
    return () => judgeModel(input, evidence.model);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    if (error instanceof NoSuchColumn && asUsage !== undefined) throw asUsage(error);
    const { golden } = evidence.request;
    const ofHoldout = error.message.startsWith(`${golden.name ?? golden.paths[0] ?? ''}:`);
    const id = ofHoldout ? 'sanity.holdout' : 'sanity.complete';
    return () => [{ id, verdict: 'fail', reason: error.message }];
  }
}

/** The golden holdout as gates.yaml describes it. @param paths files with its rows */
export function goldenRequest({ dataset, model }: Gates, paths: readonly string[], name: string): GoldenRequest {
  const { key, label, positive, classes } = dataset;
  const { weights, clusters } = model;
  return {
    paths,
    name,
    types: columnsOf(dataset),
    key,
    label,
    positive,
    ...(classes === undefined ? {} : { classes: classes.map(String) }),
    ...(weights === undefined ? {} : { weights }),
    ...(clusters === undefined ? {} : { clusters }),
  };
}

export function answersRequest({ dataset, serving }: Gates, paths: readonly string[], name: string): AnswersRequest {
  const { score, probabilities } = serving.fields;
  return { paths, name, key: dataset.key, score, probabilities };
}

const columnsOf = ({ columns }: DatasetConfig): readonly Column[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type }));

/** Columns that the model may see: neither key, label, weights nor clusters. */
export function featuresOf({ dataset, model }: Gates): readonly Column[] {
  const others = [dataset.key, dataset.label, model.weights, model.clusters];
  return columnsOf(dataset).filter(({ name }) => !others.includes(name));
}

/** Hexadecimal SHA-256 of a file's bytes. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(file)) hash.update(block as Buffer);
  return hash.digest('hex');
}
