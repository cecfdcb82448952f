import * as z from 'zod';
import { gatesSchema } from './gates';
import { noticeSchema } from './notice';

/** Schemas that editors and subscribers use to complete and check documents, by file name under `schemas/`. */
export function publishedSchemas(): Readonly<Record<string, string>> {
  const gates = { title: 'gates.yaml: what a release must prove', ...z.toJSONSchema(gatesSchema, { io: 'input' }) };
  const notice = { title: 'assay.notice/1: what the notice topic tells', ...z.toJSONSchema(noticeSchema) };
  return { 'gates.schema.json': text(gates), 'notice.schema.json': text(notice) };
}

const text = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;
