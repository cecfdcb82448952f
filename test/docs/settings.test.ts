import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGates } from '../../lib/config/load';

const ROOT = join(__dirname, '..', '..');
const CHURN = readFileSync(join(ROOT, 'examples/churn/gates.yaml'), 'utf8');

/** The churn example with one section of its gates.yaml as given, or without it. */
function withSection(name: string, yaml: string) {
  const others = CHURN.replace(new RegExp(`^${name}:.*\\n(?:(?:[ #].*)?\\n)*`, 'm'), '');
  return parseGates(`${others}\n${yaml}`, 'gates.yaml', join(ROOT, 'examples/churn'));
}

/** The block of YAML on a page that begins with a section. */
function blockOf(page: string, section: string): string {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const [, block] = new RegExp(`^\`\`\`yaml\\n(${section}:\\n[\\s\\S]*?)^\`\`\``, 'm').exec(text) ?? [];
  if (block === undefined) throw new Error(`docs/${page} has no block of YAML that begins with ${section}`);
  return block;
}

test('docs/drift.md tells every setting of the drift monitor with its default', () => {
  const defaults = withSection('monitoring', '').monitoring;
  const told = withSection('monitoring', blockOf('drift.md', 'monitoring')).monitoring;
  // These two are examples: without them everything is watched, by the same bounds.
  const { columns, overrides, ...drift } = told.drift;
  expect({ ...drift, overrides: {} }).toEqual(defaults.drift);
  expect([columns, Object.keys(overrides)]).toEqual([['monthly_spend', 'prediction.score'], ['last_login_hour']]);
  expect(told.capture).toEqual(defaults.capture);
});

test('docs/feedback.md tells every setting of the label monitor with its default', () => {
  const { metrics: _, ...defaults } = withSection('monitoring', '').monitoring.quality;
  const { metrics, ...told } = withSection('monitoring', blockOf('feedback.md', 'monitoring')).monitoring.quality;
  expect(told).toEqual(defaults);
  expect(Object.keys(metrics ?? {})).toEqual(['roc_auc', 'log_loss']);
});

test('docs/workload.md tells every setting of landing data with its default', () => {
  const defaults = withSection('landing', '').landing;
  expect(withSection('landing', blockOf('workload.md', 'landing')).landing).toEqual({ ...defaults, maxRows: 500_000 });
});
