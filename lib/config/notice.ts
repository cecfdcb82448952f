import * as z from 'zod';
import { NOTICE_EVENTS, NOTICE_SCHEMA, type Notice, type NoticeEvent, SEVERITIES } from '../core/notice/notice';

const EVENTS = Object.keys(NOTICE_EVENTS) as [NoticeEvent, ...NoticeEvent[]];

/** `assay.notice/1`: what subscribers of the notice topic get, other than by e-mail. */
export const noticeSchema = z.strictObject({
  schema: z.literal(NOTICE_SCHEMA),
  id: z.string().min(1).max(1000).describe('equal for repetitions of one event, which is told once'),
  severity: z.enum(SEVERITIES),
  event: z.enum(EVENTS),
  application: z.string().min(1),
  environment: z.enum(['staging', 'production']).exactOptional().describe('absent where it is about no endpoint'),
  subject: z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,98}$/),
  reason: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^\n\r]*$/)
    .describe('one line: why'),
  at: z.iso.datetime(),
  links: z.array(z.strictObject({ label: z.string().min(1), url: z.string().regex(/^(https:\/\/|docs\/)\S+$/) })),
  facts: z.record(z.string(), z.string()),
}) satisfies z.ZodType<Notice>;
