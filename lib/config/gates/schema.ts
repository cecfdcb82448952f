import * as z from 'zod';
import { DEFAULT_ATHENA_ABOVE_GIB, ENGINES } from '../../core/data/engines';
import { hasType } from '../../core/data/table';
import { didYouMean } from '../../core/nearest';
import { behaviourFitsDataset, behaviourSchema } from './behaviour';
import { driftFitsDataset, driftSchema } from './drift';
import { expectationList } from './expectations';
import { landingSchema } from './landing';
import { modelSchema } from './model';
import { modelFits, qualityFits } from './model-fit';
import { monitoringFitsDataset, monitoringSchema } from './monitoring';
import { canarySchema, servingSchema } from './serving';

const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is "sha256:" followed by 64 hexadecimal digits');
const relativePath = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith('/') && !path.split('/').includes('..'),
    'is a relative path that stays inside the folder',
  );

export const COLUMN_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

const columnsOf = (dataset: unknown): readonly string[] =>
  Object.keys((dataset as { columns?: Record<string, unknown> } | null)?.columns ?? {});
const fieldOf = (dataset: unknown, field: string): unknown => (dataset as Record<string, unknown> | null)?.[field];

const listsColumn = (field: 'key' | 'label') => (dataset: unknown) =>
  columnsOf(dataset).includes(String(fieldOf(dataset, field)));

/** The refinement runs even when other fields are wrong, so that every problem is told at once. */
const listsColumnOptions = (field: 'key' | 'label') => ({
  path: [field],
  when: ({ value }: { value: unknown }) => typeof fieldOf(value, field) === 'string' && columnsOf(value).length > 0,
  error: ({ input }: { input?: unknown }) => {
    const columns = columnsOf(input);
    const hint = didYouMean(String(fieldOf(input, field)), columns);
    return `names no column of dataset.columns${hint}, which has ${columns.join(', ')}`;
  },
});

/** An unknown label has its own problem. */
const isOf = (value: string | number | boolean, type: ColumnType | undefined): boolean =>
  type === undefined || hasType(value, type);

/** An unknown label has its own problem. */
const isNumeric = (type: ColumnType | undefined): boolean =>
  type === undefined || type === 'integer' || type === 'number';

const labelType = (dataset: unknown): unknown =>
  fieldOf(fieldOf(dataset, 'columns'), String(fieldOf(dataset, 'label')));

const labelValue = z.union([z.string(), z.number(), z.boolean()]);

const datasetSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'has lower-case letters, digits and hyphens, 63 at most'),
    version: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, 'has letters, digits, ".", "_" and "-", 32 at most'),
    /** Pins the manifest. `assay golden push` prints it. Without it the run pins the manifest that it finds first. */
    digest: sha256.optional(),
    /** Folder with the files, relative to gates.yaml: read by `assay golden push` and by runs on one machine. */
    path: relativePath.default('golden'),
    train: relativePath.default('train.csv'),
    holdout: relativePath.default('holdout.csv'),
    key: z.string().min(1),
    label: z.string().min(1),
    task: z.enum(['binary', 'multiclass', 'regression']).default('binary'),
    /** The label's value that counts as positive (binary). */
    positive: labelValue.default(1),
    /** The label's values in the order of the predicted probabilities (multiclass). Absent: those of the holdout, sorted. */
    classes: z.array(labelValue).min(2).optional(),
    /** The schema contract: every column of the files, in order. */
    columns: z.record(z.string(), z.enum(COLUMN_TYPES)),
  })
  .refine(listsColumn('key'), listsColumnOptions('key'))
  .refine(listsColumn('label'), listsColumnOptions('label'))
  .refine(({ task, label, positive, columns }) => task !== 'binary' || isOf(positive, columns[label]), {
    path: ['positive'],
    error: ({ input }) => `is a value of the label's type (${labelType(input)})`,
  })
  .refine(({ task, classes }) => classes === undefined || task === 'multiclass', {
    path: ['classes'],
    message: 'is for dataset.task multiclass',
  })
  .refine(({ classes = [] }) => new Set(classes).size === classes.length, {
    path: ['classes'],
    message: 'names each class once',
  })
  .refine(({ classes = [], label, columns }) => classes.every((value) => isOf(value, columns[label])), {
    path: ['classes'],
    error: ({ input }) => `has values of the label's type (${labelType(input)})`,
  })
  .refine(({ task, label, columns }) => task !== 'regression' || isNumeric(columns[label]), {
    path: ['label'],
    error: ({ input }) => `is a column of ${labelType(input)}; a regression label is integer or number`,
  });

const hyperparameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});

/** `gates.yaml`: what a release of this workload must prove. */
export const gatesSchema = z
  .strictObject({
    version: z.literal(1),
    dataset: datasetSchema,
    data: z
      .strictObject({
        expectations: expectationList,
        /** A Great Expectations 1.x suite (JSON), relative to gates.yaml; its expectations are added. */
        suite: relativePath.optional(),
        /** What judges the data. `auto` is DuckDB, and Athena for more than `athenaAboveGiB` in S3. */
        engine: z.enum(ENGINES).default('auto'),
        /** Gibibytes. */
        athenaAboveGiB: z.number().positive().default(DEFAULT_ATHENA_ABOVE_GIB),
      })
      .prefault({}),
    /** Compares the files of the dataset with each other. Absent: they are not compared. */
    drift: driftSchema.optional(),
    /** What becomes of raw files that land. */
    landing: landingSchema.prefault({}),
    training: z
      .strictObject({
        script: relativePath.default('train.py'),
        hyperparameters,
        maxRuntimeMinutes: z.number().int().min(1).max(1440).default(60),
      })
      .prefault({}),
    model: modelSchema,
    behaviour: behaviourSchema.prefault({}),
    serving: servingSchema.prefault({}),
    canary: canarySchema.prefault({}),
    monitoring: monitoringSchema.prefault({}),
  })
  .superRefine(modelFits, { when: () => true })
  .superRefine(behaviourFitsDataset)
  .superRefine(driftFitsDataset)
  .superRefine(monitoringFitsDataset)
  .superRefine(qualityFits, { when: () => true });

export type Gates = z.output<typeof gatesSchema>;
export type DatasetConfig = Gates['dataset'];
