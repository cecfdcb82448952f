import { escapeMarkup } from './escape';
import { FILTER_SCRIPT, FILTER_SCRIPT_DIGEST } from './filter-script';
import { STYLE } from './style';

/** Markup that is already escaped; only the functions of this folder make it. */
export type Markup = string;

export type Tone = 'pass' | 'fail' | 'inconclusive' | 'idle';

const MARKS: Readonly<Record<Tone, string>> = { pass: '✓', fail: '✕', inconclusive: '?', idle: '·' };

/** The round sign before a line. Its meaning is always also written out beside it. */
export function mark(tone: Tone): Markup {
  return `<span class="mark" aria-hidden="true">${MARKS[tone]}</span>`;
}

/** The policy forbids every request and every script but one, so an oversight cannot load or run anything. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${FILTER_SCRIPT_DIGEST}'; base-uri 'none'; form-action 'none'`;

/** The whole page. */
export function renderPage(title: string, body: Markup): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
<script>${FILTER_SCRIPT}</script>
</body>
</html>
`;
}

/** What is judged, the verdict in a word, and the reason as the page's heading. */
export function renderHead(over: string, tone: Tone, word: string, reason: string): Markup {
  return `<header>
<p class="over">${escapeMarkup(over)}</p>
<p class="verdict ${tone}">${mark(tone)} ${escapeMarkup(word)}</p>
<h1>${escapeMarkup(asSentence(reason))}</h1>
</header>`;
}

/** With a capital, unless it begins with a name from somebody's data. */
const asSentence = (reason: string): string => reason.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());

/** Names and values in two columns; those without a value are left out. */
export function renderFacts(facts: readonly (readonly [name: string, value: Markup | undefined])[]): Markup {
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`<dt>${escapeMarkup(name)}</dt><dd>${value}</dd>`],
  );
  return rows.length === 0 ? '' : `<dl class="facts">${rows.join('\n')}</dl>`;
}

export const code = (text: string): Markup => `<code>${escapeMarkup(text)}</code>`;
