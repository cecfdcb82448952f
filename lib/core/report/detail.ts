import { escapeMarkup } from './escape';
import { formatNumber } from './format';
import type { Markup } from './page';

const SHOWN = 20;

/** Any evidence as a reader wants it: numbers formatted, lists as sentences, records as tables, the rest as JSON. */
export function renderDetail(value: unknown): Markup {
  if (isScalar(value)) return escapeMarkup(scalar(value));
  if (Array.isArray(value)) return renderList(value);
  if (isRecord(value)) return renderRecord(value);
  return escapeMarkup(String(value));
}

function renderList(list: readonly unknown[]): Markup {
  if (list.length === 0) return 'none';
  const rest = list.length > SHOWN ? ` … and ${formatNumber(list.length - SHOWN)} more` : '';
  const shown = list.slice(0, SHOWN);
  if (shown.every(isScalar)) return escapeMarkup(shown.map(scalar).join(', ') + rest);
  if (!shown.every(isFlatRecord)) return json(list);
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))];
  const head = columns.map((column) => `<th scope="col">${escapeMarkup(label(column))}</th>`).join('');
  const body = shown.map((row) => `<tr>${columns.map((column) => cell(row[column])).join('')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${rest}`;
}

function renderRecord(record: Readonly<Record<string, unknown>>): Markup {
  if (!isFlatRecord(record)) return json(record);
  const rows = Object.entries(record).map(
    ([k, v]) => `<tr><th scope="row">${escapeMarkup(label(k))}</th>${cell(v)}</tr>`,
  );
  return rows.length === 0 ? 'none' : `<table>${rows.join('')}</table>`;
}

/** `minRows` → `min rows`; names with other characters are data and stay as they are. */
export function label(name: string): string {
  return /^[a-z][A-Za-z]*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name;
}

const json = (value: unknown): Markup => `<pre>${escapeMarkup(JSON.stringify(value, undefined, 2))}</pre>`;

const cell = (value: unknown): Markup => `<td>${value === undefined ? '' : renderDetail(value)}</td>`;

type Scalar = string | number | boolean | null;

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function scalar(value: Scalar): string {
  if (value === null) return 'none';
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values are scalars or short lists of scalars, so that one table row holds them. */
function isFlatRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  return Object.values(value).every((v) => v === undefined || isScalar(v) || (Array.isArray(v) && v.every(isScalar)));
}
