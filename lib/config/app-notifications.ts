import * as z from 'zod';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Chats are authorized once, in the console of Amazon Q Developer in chat applications, which shows these ids. */
const chat = z.strictObject({
  slack: z
    .strictObject({
      workspaceId: z.string().regex(/^[0-9A-Z]{1,255}$/, 'is the id of a Slack workspace, e.g. T0123ABCD'),
      channelId: z.string().regex(/^[A-Za-z0-9]{1,255}$/, 'is the id of a Slack channel, e.g. C0123ABCD'),
    })
    .optional(),
  teams: z
    .strictObject({
      tenantId: z.string().regex(GUID, 'is the id of a Microsoft tenant, a GUID'),
      teamId: z.string().regex(GUID, 'is the id of a team, a GUID'),
      channelId: z
        .string()
        .regex(
          /^[\w=+/.,-]*%3[aA][\w=+/.,-]*%40[\w=+/.,-]*$/,
          'is the id of a channel as its link has it, 19%3a…%40thread.tacv2',
        ),
    })
    .optional(),
});

/** Who is told, and where. */
export const notifications = z.strictObject({ emails: z.array(z.email()).default([]), chat: chat.prefault({}) });
