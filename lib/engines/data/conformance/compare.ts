import { parseMoment } from '../../../core/data/conditions/moment';

/** As the cases' own test suite compares numbers. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-9;

/** What differs between a value and the one wanted; undefined when they are the same. Of a mapping only what is wanted counts. */
export function difference(found: unknown, wanted: unknown, where: string): string | undefined {
  if (typeof wanted === 'number' && typeof found === 'number') {
    const near = Math.abs(found - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted);
    return near ? undefined : `${where} is ${found}, expected is ${wanted}`;
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) return unlike(found, wanted, where);
    return wanted.map((one, i) => difference(found[i], one, `${where}[${i}]`)).find((one) => one !== undefined);
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof found !== 'object' || found === null) return unlike(found, wanted, where);
    const fields = found as Readonly<Record<string, unknown>>;
    const checked = Object.entries(wanted).filter(
      ([name]) => !name.includes('index_list') && !name.includes('index_query'),
    );
    return checked
      .map(([name, one]) => difference(fields[name], one, `${where}.${name}`))
      .find((one) => one !== undefined);
  }
  return same(found, wanted) ? undefined : unlike(found, wanted, where);
}

const unlike = (found: unknown, wanted: unknown, where: string): string =>
  `${where} is ${JSON.stringify(found) ?? 'absent'}, expected is ${JSON.stringify(wanted)}`;

/** Texts are equal when they are one moment written in two ways; 1 and "1" are, for columns that hold both. */
function same(found: unknown, wanted: unknown): boolean {
  if (found === wanted || ((found ?? null) === null && wanted === null)) return true;
  if (typeof found === 'string' && typeof wanted === 'string' && /\d{4}/.test(wanted)) {
    const moment = parseMoment(wanted);
    return moment !== undefined && moment === parseMoment(found);
  }
  // Python, which the cases were written in, has truth values that are numbers.
  if (typeof found === 'boolean' && typeof wanted === 'number') return Number(found) === wanted;
  if (typeof found === 'number' && typeof wanted === 'boolean') return found === Number(wanted);
  return typeof found === 'string' && typeof wanted === 'number' && found === String(wanted);
}

/** Lists as bags: back ends return unexpected values in different orders. */
export function bagDifference(found: unknown, wanted: readonly unknown[], where: string): string | undefined {
  if (!Array.isArray(found) || found.length !== wanted.length) return unlike(found, wanted, where);
  const left = [...(found as readonly unknown[])];
  for (const one of wanted) {
    const at = left.findIndex((candidate) => difference(candidate, one, '') === undefined);
    if (at < 0) return unlike(found, wanted, where);
    left.splice(at, 1);
  }
  return undefined;
}
