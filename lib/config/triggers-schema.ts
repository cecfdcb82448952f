import * as z from 'zod';
import { webhookSchema } from './webhook-schema';

const kind = z.strictObject({ enabled: z.boolean().default(true) }).prefault({});

const cron = z
  .string()
  .refine(
    (text) => isCron(text),
    'has six fields (minute hour day-of-month month day-of-week year) of which day-of-month or day-of-week is "?", e.g. "0 6 ? * MON *"',
  );

function isCron(text: string): boolean {
  const fields = text.split(' ');
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return (
    fields.length === 6 &&
    fields.every((field) => /^[A-Z0-9*?,\-/#]+$/i.test(field)) &&
    (dayOfMonth === '?') !== (dayOfWeek === '?')
  );
}

const timeZone = z.string().refine(isTimeZone, 'is a time zone of the IANA database, e.g. Europe/Berlin');

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() !== undefined;
  } catch {
    return false;
  }
}

/** What starts runs besides pushes, and when it may. */
export const triggersSchema = z.strictObject({
  schedule: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Fields of an EventBridge Scheduler cron expression. */
      cron: cron.default('0 6 ? * MON *'),
      timeZone: timeZone.default('UTC'),
    })
    .prefault({}),
  newData: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Minutes without another upload before new data starts a run. */
      settleMinutes: z.number().int().min(0).max(1440).default(15),
    })
    .prefault({}),
  drift: kind,
  degradation: kind,
  webhook: webhookSchema.prefault({}),
  policy: z
    .strictObject({
      /** Hours from the end of the last run that a trigger started until the next. */
      coolDownHours: z.number().min(0).max(720).default(6),
      /** Runs within 24 hours, pushes counted; pushes are never held back. */
      maxRunsPerDay: z.number().int().min(1).max(48).default(6),
    })
    .prefault({}),
});

export type TriggersConfig = z.output<typeof triggersSchema>;
