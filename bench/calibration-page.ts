import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './paths';

const [BEGIN, END] = ['<!-- calibration: npm run calibrate -->', '<!-- end of calibration -->'];

/**
 * Puts the tables of a calibration in place of the former ones.
 *
 * @param name of a page of docs/, e.g. `drift.md`
 * @throws Error where the page has no place for them
 */
export function writeCalibration(name: string, markdown: string): void {
  const file = join(PROJECT, 'docs', name);
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the tables between ${BEGIN} and ${END}`);
  writeFileSync(file, `${page.slice(0, from + BEGIN.length)}\n\n${markdown}\n\n${page.slice(to)}`);
}
