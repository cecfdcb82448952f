import type { Alarms, Cell } from './simulate';

/** False alarms per check of one column that are promised at most. */
export const PROMISED = 0.01;

export interface Result {
  readonly cell: Omit<Cell, 'population'> & { readonly population: string };
  readonly found: Alarms;
}

export const shareOf = ({ alarms, checks }: Alarms): number => alarms / checks;

/** False alarms in percent: populations by rows of the window, for each size of the baseline. */
export function falseAlarms(results: readonly Result[]): string {
  const none = results.filter(({ cell }) => cell.psi === 0);
  const sizes = [...new Set(none.map(({ cell }) => cell.rows))].sort((a, b) => a - b);
  const rows = [...new Set(none.map(({ cell }) => `${cell.population}|${cell.baseline}`))].map((key) => {
    const [population = '', baseline = ''] = key.split('|');
    const cells = sizes.map((size) => {
      const result = none.find(
        ({ cell }) => cell.population === population && cell.baseline === Number(baseline) && cell.rows === size,
      );
      return result === undefined ? '' : percent(shareOf(result.found));
    });
    return [population, thousands(Number(baseline)), ...cells];
  });
  return table(['Column', 'Baseline rows', ...sizes.map((size) => `n = ${thousands(size)}`)], rows);
}

/** Checks that find drift, in percent: populations and true index by rows of the window. */
export function power(results: readonly Result[]): string {
  const drift = results.filter(({ cell }) => cell.psi > 0);
  const sizes = [...new Set(drift.map(({ cell }) => cell.rows))].sort((a, b) => a - b);
  const rows = [...new Set(drift.map(({ cell }) => `${cell.population}|${cell.psi}`))].map((key) => {
    const [population = '', psi = ''] = key.split('|');
    const cells = sizes.map((size) => {
      const result = drift.find(
        ({ cell }) => cell.population === population && cell.psi === Number(psi) && cell.rows === size,
      );
      return result === undefined ? '' : percent(shareOf(result.found), 1);
    });
    return [population, psi, ...cells];
  });
  return table(['Column', 'True PSI', ...sizes.map((size) => `n = ${thousands(size)}`)], rows);
}

const thousands = (count: number): string => count.toLocaleString('en');
const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
