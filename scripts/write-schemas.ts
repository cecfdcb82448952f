import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchemas } from '../lib/config/json-schema';

const folder = join(__dirname, '..', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, content] of Object.entries(publishedSchemas())) writeFileSync(join(folder, name), content);
