// The drift gate on its own: PSI and exact KS of six columns, as a whole process through the bundled command line.
//   node bench/drift/run.mjs REFERENCE CURRENT [RUNS] [THREADS]
// Prints the milliseconds of each run and their median.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [reference, current, runs = '5', threads] = process.argv.slice(2);
if (reference === undefined || current === undefined) {
  process.stderr.write('usage: node bench/drift/run.mjs REFERENCE CURRENT [RUNS] [THREADS]\n');
  process.exit(64);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = `require('./lib/pipeline/cli-asset').bundle(process.argv[1], process.argv[2])`;
const entry = join(root, 'lib', 'cli', 'pipeline-entry.ts');
const cli = join(root, 'node_modules', '.cache', 'assay-bench-drift', 'assay.js');
const built = spawnSync(process.execPath, ['--import', 'tsx', '-e', bundle, entry, cli], {
  cwd: root,
  encoding: 'utf8',
});
if (built.status !== 0) throw new Error(`the command line cannot be bundled: ${built.stderr}`);
const args = [cli, 'gate', 'drift', '--reference', reference, '--current', current, '--json'];
if (threads !== undefined) args.push('--threads', threads);
const taken = [];
for (let run = 0; run < Number(runs); run += 1) {
  const started = performance.now();
  const result = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e9 });
  taken.push(performance.now() - started);
  if (![0, 1, 2].includes(result.status))
    throw new Error(`assay gate drift ended with ${result.status}: ${result.stderr}`);
  const { checks } = JSON.parse(result.stdout);
  process.stdout.write(
    `${taken.at(-1).toFixed(0)} ms, ${checks.length} columns, verdict ${JSON.parse(result.stdout).verdict}\n`,
  );
}
taken.sort((a, b) => a - b);
process.stdout.write(`median of ${taken.length}: ${taken[Math.floor(taken.length / 2)].toFixed(0)} ms\n`);
