import { join } from 'node:path';
import { scanDrift } from '../../../lib/engines/drift/scan';

/** Written by pyarrow: 1.5, NaN, −2, NULL, NaN, 7.25: its statistics give −2 and 7.25 as the extremes and tell of no NaN. */
const FILE = join(__dirname, 'fixtures', 'nan-outside-statistics.parquet');

test('NaN is missing, whatever the statistics of the file tell', async () => {
  const files = { paths: [FILE] };
  const [column] = await scanDrift({ reference: files, current: files, bins: 2 });
  expect(column).toMatchObject({
    kind: 'numeric',
    rows: { reference: 6, current: 6 },
    missing: { reference: 3, current: 3 },
    edges: [1.5],
  });
});
