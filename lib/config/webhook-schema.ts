import * as z from 'zod';

/** The HTTPS endpoint where monitors outside AWS ask for runs. */
export const webhookSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Requests a second over a longer time; what comes beyond is answered with 429. */
  ratePerSecond: z.number().min(1).max(1000).default(5),
  /** Requests at once. */
  burst: z.number().int().min(1).max(1000).default(20),
  maxBodyBytes: z.number().int().min(1024).max(1_048_576).default(65_536),
  /** How long the secret before the last rotation goes on being valid. */
  previousSecretHours: z.number().min(0).max(720).default(24),
  /** Roles of this account that may call it signed with IAM. */
  callerRoles: z.array(z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/, 'is the ARN of a role')).default([]),
});

export type WebhookConfig = z.output<typeof webhookSchema>;
