import type { Notice, Severity } from './notice';

/**
 * A message that Amazon Q Developer in chat applications (formerly AWS Chatbot) shows. It drops every other message,
 * except those of AWS services that it knows.
 *
 * Source: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications", event schema.
 */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** Messages of one thread are shown under each other. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

const SIGNS: Readonly<Record<Severity, string>> = {
  info: ':white_check_mark:',
  warning: ':warning:',
  critical: ':rotating_light:',
};

/** A notice for a chat: all about one run, or else about one event, in one thread. */
export function chatMessage(notice: Notice): ChatMessage {
  const { id, severity, event, application, subject, reason, facts, links } = notice;
  const details = Object.entries(facts).map(([name, value]) => `*${name}*: ${value}`);
  const nextSteps = links.map(({ label, url }) =>
    url.startsWith('https://') ? `<${url}|${label}>` : `${label}: ${url}`,
  );
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: `${SIGNS[severity]} ${subject}`,
      description: [reason, ...details].join('\n'),
      ...(nextSteps.length === 0 ? {} : { nextSteps }),
      keywords: [application, severity, event],
    },
    metadata: {
      threadId: `${application}/${facts.run ?? id}`,
      summary: subject,
      eventType: event,
      additionalContext: { severity, ...(notice.environment === undefined ? {} : { environment: notice.environment }) },
    },
  };
}
