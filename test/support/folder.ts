import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test file's own, removed after its last test; `at` names a file in it. */
export function scratchFolder(): { readonly folder: string; readonly at: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, at: (name) => join(folder, name) };
}
