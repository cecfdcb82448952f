import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseGates } from '../../lib/config/load';
import { CATALOG } from '../../lib/core/data/expectations';
import { allExamples } from '../../scripts/docs/examples';
import { EXPECTATION_FAMILIES } from '../../scripts/docs/expectation-words';
import { gatesPage } from '../../scripts/docs/gates-page';
import { METHODS, readMethod } from '../../scripts/docs/methods';
import { settingsOf } from '../../scripts/docs/settings';
import { SETTING_WORDS } from '../../scripts/docs/words';

const ROOT = join(__dirname, '..', '..');

test('docs/gates.md is what `npm run docs` writes', () => {
  expect(readFileSync(join(ROOT, 'docs', 'gates.md'), 'utf8')).toBe(gatesPage());
});

test.each(allExamples())('the example of %s is a valid gates.yaml', (_, yaml) => {
  expect(() => parseGates(yaml, 'example.yaml', ROOT)).not.toThrow();
});

test('a wrong example would be noticed', () => {
  const [name, yaml] = allExamples()[0] ?? ['', ''];
  expect(name).toBe('expect_column_to_exist');
  expect(() => parseGates(yaml.replace('column:', 'colum:'), 'example.yaml', ROOT)).toThrow(/colum/);
});

test('every expectation of the catalogue is told, and no other', () => {
  const told = Object.values(EXPECTATION_FAMILIES).flatMap((family) => Object.keys(family));
  expect(told.toSorted()).toEqual([...CATALOG.keys()].toSorted());
});

test('every setting has words, and no words are left without a setting', () => {
  const parts = ['drift', 'model', 'behaviour', 'serving', 'canary'];
  expect(Object.keys(SETTING_WORDS)).toEqual(parts.flatMap((part) => settingsOf(part).map(({ path }) => path)));
});

test.each(METHODS.map((method) => [method.title, method] as const))(
  '%s has a formula or a rule, and a source',
  (_, method) => {
    const { words, source } = readMethod(method);
    expect(words.length).toBeGreaterThan(40);
    expect(`${words} ${source ?? ''}`).toMatch(/\(?(18|19|20)\d\d\)?/);
  },
);
