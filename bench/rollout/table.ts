import type { Row, Table } from './calibration';
import type { Summary } from './simulate';

/** False rollbacks that a team accepts: the default of `canary.falseRollback`. */
export const BOUND = 0.01;
/** Rollouts of a bad release that must be taken back. */
const DETECTED = 0.99;

const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`;

export const holdsBound = ({ equal }: Row): boolean => equal.every(({ rolledBack }) => rolledBack <= BOUND);

export const detects = ({ worse }: Row): boolean => worse.every(({ rolledBack }) => rolledBack >= DETECTED);

/** Markdown of all tables. */
export const calibrationMarkdown = (tables: readonly Table[]): string => tables.map(tableMarkdown).join('\n\n');

function tableMarkdown({ title, equal, worse, rows }: Table): string {
  const head = [
    'Method',
    ...equal.map(({ name }) => name),
    'holds 1 %',
    ...worse.map(({ name }) => `found at ${name}`),
  ];
  const lines = rows.map((row) => [
    row.method,
    ...row.equal.map(({ rolledBack }) => percent(rolledBack, 2)),
    holdsBound(row) ? 'yes' : 'no',
    ...row.worse.map(found),
  ]);
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${title}\n\n${table}`;
}

/** `100 % · 374 (108), 11 min`. */
function found({ rolledBack, medianGreenRequests, medianClientRequests, medianMinutes }: Summary): string {
  const share = percent(rolledBack, 1);
  if (Number.isNaN(medianGreenRequests)) return share;
  return `${share} · ${Math.round(medianGreenRequests)} (${Math.round(medianClientRequests)}), ${Math.round(medianMinutes)} min`;
}
