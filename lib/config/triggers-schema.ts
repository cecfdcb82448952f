import * as z from 'zod';
import { webhookSchema } from './webhook-schema';

const kind = z.strictObject({ enabled: z.boolean().default(true) }).prefault({});

const cron = z
  .string()
  .refine(
    (text) => isCron(text),
    'has six fields (minute 0-59, hour 0-23, day-of-month 1-31, month 1-12 or JAN-DEC, day-of-week 1-7 or SUN-SAT, year 1970-2199) of which day-of-month or day-of-week is "?", e.g. "0 6 ? * MON *"',
  );

/** Numbers and words of each field. EventBridge Scheduler User Guide, "Cron-based schedules". */
const CRON_FIELDS: readonly (readonly [least: number, most: number, words: RegExp])[] = [
  [0, 59, /^$/],
  [0, 23, /^$/],
  [1, 31, /^(L|W|LW)$/],
  [1, 12, /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)$/],
  [1, 7, /^(L|SUN|MON|TUE|WED|THU|FRI|SAT)$/],
  [1970, 2199, /^$/],
];

function isCronField(field: string, [least, most, words]: (typeof CRON_FIELDS)[number]): boolean {
  // What follows / is a step, what follows # a week.
  const values = field.replace(/[/#]\d+/g, '');
  const numbers = (values.match(/\d+/g) ?? []).map(Number);
  const named = values.toUpperCase().match(/[A-Z]+/g) ?? [];
  return (
    /^[A-Z0-9*?,\-/#]+$/i.test(field) &&
    numbers.every((number) => number >= least && number <= most) &&
    named.every((word) => words.test(word))
  );
}

function isCron(text: string): boolean {
  const fields = text.split(' ');
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return (
    fields.length === CRON_FIELDS.length &&
    CRON_FIELDS.every((allowed, i) => isCronField(fields[i] ?? '', allowed)) &&
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
