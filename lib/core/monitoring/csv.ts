/**
 * The fields of a CSV text by record; records without any character are left out.
 *
 * Source: RFC 4180, section 2.
 *
 * @returns undefined where a quote is left open
 */
export function csvRecords(text: string): readonly (readonly string[])[] | undefined {
  if (!text.includes('"')) {
    return text.split(/\r\n|\n|\r/).flatMap((line) => (line === '' ? [] : [line.split(',')]));
  }
  const records: string[][] = [];
  let fields: string[] = [];
  // A field, then what ends it; a quoted one doubles its quotes.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (found === null) return undefined;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    const ended = found[3];
    if (ended === ',' && field.lastIndex < text.length) continue;
    if (ended === ',') fields.push('');
    if (fields.length > 1 || fields[0] !== '') records.push(fields);
    fields = [];
  }
  return records;
}
