import * as z from 'zod';
import { COMBINATIONS } from '../config/gates/landing';
import { GoldenDataError } from './error';

export const LANDED_SCHEMA = 'assay.landed/1';

const objectSchema = z.object({ key: z.string(), versionId: z.string() });

const takenSchema = objectSchema.extend({
  /** Hexadecimal, of the file as it landed. */
  sha256: z.string(),
  /** Records of the file. */
  rows: z.number().int(),
});

const versionSchema = z.object({
  version: z.string(),
  digest: z.string(),
  /** Version whose rows it continues, or whose place it took. */
  base: z.string(),
  combine: z.enum(COMBINATIONS),
  /** What this version added, in landing order. */
  taken: z.array(takenSchema),
  runId: z.string(),
  /** ISO 8601, UTC. */
  acceptedAt: z.string(),
});

const candidateSchema = z.object({
  version: z.string(),
  base: z.string(),
  combine: z.enum(COMBINATIONS),
  objects: z.array(objectSchema),
  runId: z.string(),
  madeAt: z.string(),
});

const refusedSchema = objectSchema.extend({
  reason: z.string(),
  /** Version that it would have become part of. */
  version: z.string(),
  runId: z.string(),
  refusedAt: z.string(),
});

const stateSchema = z.object({
  schema: z.literal(LANDED_SCHEMA),
  name: z.string(),
  /** Version that gates.yaml names, with its digest. */
  root: z.object({ version: z.string(), digest: z.string() }),
  /** Number given to a version last; none is given twice. */
  last: z.number().int(),
  /** Accepted ones, oldest first; the last one is the dataset's current version. */
  versions: z.array(versionSchema),
  /** Made by a run whose gates have not passed yet. */
  candidate: candidateSchema.optional(),
  /** What no later run takes, oldest first. */
  refused: z.array(refusedSchema),
});

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** `landed.json`: which files landed on a dataset, and what became of each. */
export type LandedState = Frozen<z.output<typeof stateSchema>>;
export type LandedVersion = LandedState['versions'][number];
export type Candidate = Frozen<z.output<typeof candidateSchema>>;
export type RefusedObject = LandedState['refused'][number];
/** A version of an object under `landing/`. */
export type LandedObject = Frozen<z.output<typeof objectSchema>>;
export type TakenObject = Frozen<z.output<typeof takenSchema>>;

/** @param where named in errors. @throws GoldenDataError when the text is no such document */
export function parseLanded(text: string, where: string): LandedState {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new GoldenDataError(`${where}: is no JSON`, undefined, { cause: error });
  }
  const parsed = stateSchema.safeParse(document);
  if (parsed.success) return parsed.data as LandedState;
  const [issue] = parsed.error.issues;
  throw new GoldenDataError(`${where}: is no ${LANDED_SCHEMA} document: ${issue?.path.join('.')}: ${issue?.message}`);
}

export const landedText = (state: LandedState): string => `${JSON.stringify(state, null, 2)}\n`;
