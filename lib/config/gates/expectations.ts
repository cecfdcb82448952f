import * as z from 'zod';
import { EXPECTATION } from './expectation-name';

/** An expectation by its Great Expectations 1.x name with its arguments. */
export interface ExpectationConfig {
  readonly type: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** `train`, `holdout`, or both when absent. */
  readonly on?: 'train' | 'holdout' | undefined;
}

const long = z.strictObject({
  type: z.string().regex(EXPECTATION, 'is the name of an expectation, e.g. expect_column_values_to_not_be_null'),
  kwargs: z.record(z.string(), z.unknown()).default({}),
  on: z.enum(['train', 'holdout']).optional(),
});

/** Short form: `- expect_column_values_to_not_be_null: {column: customer_id, on: train}`. */
const short = z
  .record(z.string().regex(EXPECTATION), z.record(z.string(), z.unknown()))
  .refine((entry) => Object.keys(entry).length === 1, 'holds one expectation')
  .transform((entry) => {
    const [type = '', { on, ...kwargs } = {}] = Object.entries(entry)[0] ?? [];
    return long.parse({ type, kwargs, ...(on === undefined ? {} : { on }) });
  });

/** One entry of `data.expectations`, in either form. */
export const expectationEntry = z.union([long, short]);

export const expectationList = z.array(expectationEntry).default([]);
