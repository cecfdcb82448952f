import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const FLAGS =
  '-O3 --noAssert --runtime stub --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --enable simd --enable threads --enable bulk-memory --use abort=';

/** Where the compiled kernels are kept. */
export const KERNELS_FILE = join(ROOT, 'lib', 'core', 'kernels', 'kernels.generated.ts');

/** Compiles lib/core/kernels/assembly and returns the text of the module that holds the result. */
export function compileKernels(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-kernels-'));
  try {
    const wasm = join(folder, 'kernels.wasm');
    const compiler = join(ROOT, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
    const args = [compiler, 'lib/core/kernels/assembly/index.ts', '--outFile', wasm, ...FLAGS.split(' ')];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    const lines =
      readFileSync(wasm)
        .toString('base64')
        .match(/.{1,110}/g) ?? [];
    const text = lines.map((line) => `  '${line}',`).join('\n');
    return `// Made by \`npm run kernels\` from lib/core/kernels/assembly. Do not edit.\nexport const KERNELS_BASE64 = [\n${text}\n].join('');\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (require.main === module) writeFileSync(KERNELS_FILE, compileKernels());
