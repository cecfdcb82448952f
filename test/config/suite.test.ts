import { writeFileSync } from 'node:fs';
import { loadSuiteFile } from '../../lib/config/suite';
import { readSuiteFile } from '../../lib/config/suite-file';
import { scratchFolder } from '../support/folder';

// The real reader, counted: a suite in order must do without it, and everything else must reach it.
jest.mock('../../lib/config/suite', () => {
  const real = jest.requireActual<typeof import('../../lib/config/suite')>('../../lib/config/suite');
  return { ...real, loadSuiteFile: jest.fn(real.loadSuiteFile) };
});

const careful = jest.mocked(loadSuiteFile);
const { at } = scratchFolder();

function suite(text: string): string {
  const path = at('suite.json');
  writeFileSync(path, text);
  return path;
}

const list = (...entries: readonly string[]) => `{\n  "expectations": [\n    ${entries.join(',\n    ')}\n  ]\n}\n`;
const NOT_NULL = '{ "type": "expect_column_values_to_not_be_null", "kwargs": { "column": "n" } }';

beforeEach(() => careful.mockClear());

describe('a suite in JSON that is in order', () => {
  test.each([
    ['a mapping', list(NOT_NULL)],
    ['a list', `[${NOT_NULL}]`],
    ['an empty list', list()],
    [
      'with notes of Great Expectations',
      `{"name": "s", "id": null, "meta": {"type": {"on": 1}}, "expectations": [
        {"id": "x", "severity": "critical", "meta": {}, "rendered_content": [], "type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}}]}`,
    ],
    [
      'of one table alone',
      list(
        '{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}, "on": "train"}',
        '{"type": "expect_column_values_to_be_unique", "kwargs": {"column": "id"}, "on": "holdout"}',
      ),
    ],
    [
      'strings that look like keys, escapes, and numbers of all kinds',
      list(
        String.raw`{"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "a\":\\", "value_set": ["\"k\": 1", "\u0041\/\ud83d\ude00\n", -0.5, 1e3, 12345678901234567890, true, null]}}`,
        '{"type": "expect_column_values_to_match_regex", "kwargs": {"column": "x:y", "regex": "^[a-z]+:\\\\d$"}}',
      ),
    ],
  ])('%s: read as by the reader of YAML, and without it', async (_name, text) => {
    const path = suite(text);
    const read = await readSuiteFile(path);
    expect(careful).not.toHaveBeenCalled();
    expect(read).toEqual(loadSuiteFile(path));
  });
});

describe('what is not, is told with its line and column', () => {
  test.each([
    [
      'a key twice',
      list('{ "type": "expect_column_to_exist", "kwargs": { "column": "a", "column": "b" } }'),
      ':3:68: ',
    ],
    [
      'a key twice, once escaped',
      list(String.raw`{ "type": "expect_column_to_exist", "kwargs": { "column": "a", "\u0063olumn": "b" } }`),
      ':3:68: ',
    ],
    ['no end', '{\n  "expectations": [\n', ':3:1: '],
    ['a wrong type', list(NOT_NULL, '{ "type": 1, "kwargs": {} }'), ':4:5: is no expectation'],
    [
      'arguments that are a list',
      list('{ "type": "expect_column_to_exist", "kwargs": [] }'),
      ':3:5: is no expectation',
    ],
    ['another table', list('{ "type": "expect_column_to_exist", "on": "test" }'), ':3:5: is no expectation'],
    [
      'an entry of version 0',
      list('{ "expectation_type": "expect_column_to_exist" }'),
      ':3:5: is a Great Expectations 0',
    ],
    ['an unknown name', list('{ "type": "expect_nothing", "kwargs": {} }'), ':3:5: '],
    ['a missing argument', list(NOT_NULL, '{ "type": "expect_column_to_exist" }'), ':4:5: '],
    ['no suite', '{ "name": "s" }', ':1:1: is no suite'],
    ['a number', '7', ':1:1: is no suite'],
  ])('%s', async (_name, text, told) => {
    const path = suite(text);
    await expect(readSuiteFile(path)).rejects.toThrow(path + told);
    expect(careful).toHaveBeenCalledTimes(1);
  });

  test('a file that is not there', async () => {
    await expect(readSuiteFile(at('none.json'))).rejects.toThrow('none.json: there is no such file');
  });
});

test('YAML, the short form in JSON, and JSON with remarks are read too', async () => {
  const wanted = [{ type: 'expect_column_to_exist', kwargs: { column: 'a' } }];
  expect(await readSuiteFile(suite('- expect_column_to_exist: { column: a }\n'))).toEqual(wanted);
  expect(await readSuiteFile(suite('[{"expect_column_to_exist": {"column": "a"}}]'))).toEqual(wanted);
  expect(await readSuiteFile(suite('# ours\n[{"type": "expect_column_to_exist", "kwargs": {"column": "a"}}]'))).toEqual(
    wanted,
  );
});
