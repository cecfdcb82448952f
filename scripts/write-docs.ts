import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gatesPage } from './docs/gates-page';

writeFileSync(join(__dirname, '..', 'docs', 'gates.md'), gatesPage());
