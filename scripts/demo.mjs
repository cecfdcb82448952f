// `npm run demo [-- --scenario NAME]`: the whole pipeline on this machine, from a fresh clone to a live endpoint.
import { execNode } from './exec.mjs';
import { setup } from './setup.mjs';

await setup();
process.exitCode = await execNode([
  '--import',
  'tsx',
  'bin/assay.ts',
  'run',
  '--approve',
  '--demo',
  ...process.argv.slice(2),
]);
