import { NOTICE_EVENTS, NOTICE_SCHEMA, type Notice, type NoticeDraft, type NoticeLink } from './notice';

/** SNS takes subjects of fewer than 100 ASCII characters without control characters (API reference of Publish). */
const LONGEST_SUBJECT = 99;

/** Longest reason in characters: a first line that mail programs and chats still show. */
const LONGEST_REASON = 1000;

/** The notice of an application about what a draft tells; what is not known is left out. */
export function writeNotice(application: string, draft: NoticeDraft): Notice {
  const { headline, links = [], facts = {}, environment, ...told } = draft;
  return {
    schema: NOTICE_SCHEMA,
    ...told,
    severity: NOTICE_EVENTS[draft.event],
    application,
    ...(environment === undefined ? {} : { environment }),
    subject: subject(`${application}: ${headline}`),
    reason: cut(draft.reason.replace(/\s+/g, ' ').trim(), LONGEST_REASON),
    links: links.filter((link): link is NoticeLink => link !== undefined),
    facts: Object.fromEntries(Object.entries(facts).filter((fact): fact is [string, string] => fact[1] !== undefined)),
  };
}

/** What a person reads: the reason, then facts, then where to read on. */
export function emailText({ reason, severity, event, application, environment, at, facts, links }: Notice): string {
  const lines: readonly (readonly [string, string])[] = [
    ['Application', application],
    ...(environment === undefined ? [] : ([['Environment', environment]] as const)),
    ...Object.entries(facts).map(([name, value]) => [label(name), value] as const),
    ['At', at],
    ['Severity', `${severity} (${event})`],
  ];
  const shown = links.map((link) => `${link.label}: ${link.url}`);
  return [reason, '', ...lines.map(([name, value]) => `${name}: ${value}`), '', ...shown].join('\n').trimEnd();
}

/** `modelPackage` → `Model package`. */
function label(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** One line of printable ASCII that begins with no space: letters lose their accents, other characters become `?`. */
function subject(text: string): string {
  const ascii = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[‐-―]/g, '-')
    .replace(/…/g, '...')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/g, '?');
  return ascii.length <= LONGEST_SUBJECT ? ascii : `${ascii.slice(0, LONGEST_SUBJECT - 3)}...`;
}

const cut = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);
