import type { DatasetConfig } from '../config/gates';
import { openTableFile } from '../engines/table-file';

/** The holdout as batch transform reads it: without the label, one JSON object a line with typed values, same order. */
export async function transformInput(file: string, dataset: DatasetConfig): Promise<string> {
  const columns = Object.entries(dataset.columns).map(([name, type]) => ({ name, type }));
  const table = await openTableFile({ path: file, name: dataset.holdout }, columns);
  const lines: string[] = [];
  for await (const row of table.rows) {
    const { [dataset.label]: _label, ...features } = row.values;
    lines.push(JSON.stringify(features));
  }
  return `${lines.join('\n')}\n`;
}
