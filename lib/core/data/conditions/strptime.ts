/**
 * Python's `datetime.strptime`: https://docs.python.org/3/library/datetime.html#format-codes. Numbers need no leading
 * zeros, names no exact case, and a space in the format stands for any white space.
 */
const NAMES = {
  b: 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec',
  B: 'january|february|march|april|may|june|july|august|september|october|november|december',
  a: 'mon|tue|wed|thu|fri|sat|sun',
  A: 'monday|tuesday|wednesday|thursday|friday|saturday|sunday',
};

const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  d: '(?<d>3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])',
  H: '(?<H>2[0-3]|[01]\\d|\\d)',
  I: '(?<I>1[0-2]|0[1-9]|[1-9])',
  M: '(?<M>[0-5]\\d|\\d)',
  S: '(?<S>6[01]|[0-5]\\d|\\d)',
  f: '(?<f>\\d{1,6})',
  j: '(?<j>36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  U: '(?<U>5[0-3]|[0-4]\\d|\\d)',
  W: '(?<W>5[0-3]|[0-4]\\d|\\d)',
  V: '(?<V>5[0-3]|0[1-9]|[1-4]\\d|\\d)',
  G: '(?<G>\\d{4})',
  u: '(?<u>[1-7])',
  w: '(?<w>[0-6])',
  p: '(?<p>am|pm)',
  z: '(?<z>[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|z)',
  Z: '(?<Z>utc|gmt)',
  b: `(?<b>${NAMES.b})`,
  B: `(?<B>${NAMES.B})`,
  a: `(?<a>${NAMES.a})`,
  A: `(?<A>${NAMES.A})`,
  '%': '%',
};

const COMPOSED: Readonly<Record<string, string>> = { c: '%a %b %d %H:%M:%S %Y', x: '%m/%d/%y', X: '%H:%M:%S' };

/** What is wrong with a format, in Great Expectations' words. */
export function strptimeProblem(format: string): string | undefined {
  try {
    compile(format);
    return undefined;
  } catch (error) {
    return `is no format: Unable to use provided strftime_format. ${error instanceof Error ? error.message : String(error)}`;
  }
}

function compile(format: string): RegExp {
  const spread = format.replaceAll(/%([cxX])/g, (all, name: string) => COMPOSED[name] ?? all);
  let source = '';
  const seen = new Set<string>();
  for (let i = 0; i < spread.length; i++) {
    const character = spread[i] ?? '';
    if (character !== '%') {
      source += /\s/.test(character) ? '\\s+' : character.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&');
      continue;
    }
    i += 1;
    const name = spread[i] ?? '';
    const directive = DIRECTIVES[name];
    if (directive === undefined) throw new RangeError(`'${name}' is a bad directive in format '${format}'`);
    if (name !== '%' && seen.has(name)) throw new RangeError(`%${name} stands twice in format '${format}'`);
    seen.add(name);
    source += directive;
  }
  return new RegExp(`^${source}$`, 'i');
}

/** A test of texts: true for those that the format reads as a real day. */
export function strptime(format: string): (text: string) => boolean {
  const pattern = compile(format);
  return (text) => {
    const found = pattern.exec(text)?.groups;
    if (found === undefined && pattern.exec(text) === null) return false;
    const group = found ?? {};
    const year = group.Y ?? (group.y === undefined ? undefined : twoDigits(group.y));
    const month = Number(group.m ?? 1 + Math.max(nameIndex(NAMES.b, group.b), nameIndex(NAMES.B, group.B), 0));
    // Python checks the day against 1900 where the format says no year, except that 29 February passes.
    const days = new Date(Date.UTC(Number(year ?? 1900), month, 0)).getUTCDate();
    return Number(group.d ?? 1) <= days && Number(year ?? 1900) >= 1;
  };
}

const twoDigits = (text: string): string => String(Number(text) + (Number(text) < 69 ? 2000 : 1900));

const nameIndex = (names: string, name: string | undefined): number =>
  name === undefined ? -1 : names.split('|').indexOf(name.toLowerCase());
