// `npm run bench [-- --quick]`: the gates beside what a user would pick instead. Installs what is missing first.
import { execNode } from './exec.mjs';
import { setupVenv } from './setup.mjs';

const missing = await setupVenv('.assay/bench/venv', 'bench/requirements.txt');
process.exitCode = await execNode(['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
  ASSAY_BENCH_MISSING: missing.join(', '),
});
