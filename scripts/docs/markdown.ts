/** A Markdown table; `|` in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const yaml = (text: string): string => `\`\`\`yaml\n${text}\n\`\`\``;

/** Names and values as a list; those without a value are left out. */
export function facts(entries: readonly (readonly [name: string, value: string | undefined])[]): string {
  return entries
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`- ${name}: ${value}`]))
    .join('\n');
}
