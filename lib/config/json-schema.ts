import * as z from 'zod';
import { gatesSchema } from './gates';

/** Schemas that editors use to complete and check files, by file name under `schemas/`. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  const gates = { title: 'gates.yaml: what a release must prove', ...z.toJSONSchema(gatesSchema, { io: 'input' }) };
  return { 'gates.schema.json': `${JSON.stringify(gates, null, 2)}\n` };
}
