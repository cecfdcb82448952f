import fc from 'fast-check';
import { type CapturedSide, isOwn, isUnreadable, readCapture } from '../../../lib/core/monitoring/capture';
import { csvRecords } from '../../../lib/core/monitoring/csv';
import { parseLoose } from '../../../lib/core/monitoring/loose-json';
import { readInstances, readPredictions, type TrafficShape } from '../../../lib/core/monitoring/payload';

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
const SHAPE: TrafficShape = {
  task: 'binary',
  fields: { instances: 'instances', predictions: 'predictions', score: 'score' },
  columns: ['id', 'plan', 'months', 'y'],
  key: 'id',
  label: 'y',
};
const json = (data: unknown): CapturedSide => ({
  contentType: 'application/json',
  encoding: 'JSON',
  data: typeof data === 'string' ? data : JSON.stringify(data),
});
const csv = (data: string): CapturedSide => ({ contentType: 'text/csv', encoding: 'CSV', data });
const rows = (side: CapturedSide) => readInstances(side, SHAPE, decode);

describe('requests', () => {
  const ROW = { plan: 'a', months: 3 };

  test('all forms give the same rows', () => {
    const expected = { rows: [ROW, { plan: 'b', months: null }] };
    const [one, two] = expected.rows;
    expect(rows(json({ instances: expected.rows }))).toEqual(expected);
    expect(rows(json(expected.rows))).toEqual(expected);
    expect(rows(json(`${JSON.stringify(one)}\n${JSON.stringify(two)}\n`))).toEqual(expected);
    expect(
      rows(
        json({
          instances: [
            ['a', 3],
            ['b', null],
          ],
        }),
      ),
    ).toEqual(expected);
    expect(rows(json('{"instances":[{"plan":"a","months":3},{"plan":"b","months":NaN}]}'))).toEqual(expected);
    const base64 = { ...json(btoa(JSON.stringify({ instances: expected.rows }))), encoding: 'BASE64' as const };
    expect(rows({ ...base64, contentType: 'application/x-thing' })).toEqual(expected);
  });

  test('CSV is told by its header, or by how many fields it has', () => {
    expect(rows(csv('months,plan\n3,a\n,"b, c"'))).toEqual({
      rows: [
        { months: '3', plan: 'a' },
        { months: null, plan: 'b, c' },
      ],
    });
    expect(rows(csv('a,3'))).toEqual({ rows: [{ plan: 'a', months: '3' }] });
    expect(rows(csv('C-1,a,3\r\n'))).toEqual({ rows: [{ id: 'C-1', plan: 'a', months: '3' }] });
    expect(rows({ ...csv(btoa('a,3')), encoding: 'BASE64' })).toEqual({ rows: [{ plan: 'a', months: '3' }] });
  });

  test.each([
    ['another language', json('<xml/>'), /neither JSON, JSON lines nor CSV/],
    ['no rows', json({ instances: [] }), /has no rows in "instances"/],
    ['another field', json({ data: [ROW] }), /no list "instances"/],
    ['a row that is a number', json({ instances: [3] }), /without any column of the dataset/],
    ['too many values', json({ instances: [[1, 2, 3, 4, 5]] }), /without any column of the dataset/],
    ['one CSV field', csv('a'), /CSV with 1 fields/],
    ['unequal records', csv('a,3\nb'), /unequal length/],
    ['an open quote', csv('a,"3'), /open quote/],
  ])('%s is no row, and the words hold nothing of it', (_, side, words) => {
    expect(rows(side)).toEqual({ problem: expect.stringMatching(words) });
  });
});

describe('answers', () => {
  const scores = (side: CapturedSide, n: number, shape = SHAPE) => readPredictions(side, n, shape, decode);

  test('one for each row, by the contract, bare, or as CSV', () => {
    expect(scores(json({ predictions: [{ score: 0.1 }, { score: 0.2 }] }), 2)).toEqual({ scores: [[0.1], [0.2]] });
    expect(scores(csv('0.1\n0.2\n'), 2)).toEqual({ scores: [[0.1], [0.2]] });
    expect(scores(json('{"score":0.1}\n{"score":0.2}'), 2)).toEqual({ scores: [[0.1], [0.2]] });
    const multiclass = { ...SHAPE, task: 'multiclass' as const, classes: ['b', 'a'] };
    const answer = json({ predictions: [{ probabilities: { a: 0.3, b: 0.7 } }] });
    expect(scores(answer, 1, multiclass)).toEqual({ scores: [[0.7, 0.3]] });
  });

  test('as many predictions as rows, each with its number', () => {
    expect(scores(json({ predictions: [{ score: 0.1 }] }), 2)).toEqual({ problem: 'has 1 predictions for 2 rows' });
    expect(scores(json({ predictions: [{ score: null }] }), 1)).toEqual({ problem: expect.any(String) });
  });
});

describe('lines', () => {
  const line = (more: object = {}, meta: object = {}) =>
    JSON.stringify({
      captureData: { endpointInput: { observedContentType: 'text/csv; x=1', data: '1', encoding: 'csv' }, ...more },
      eventMetadata: { eventId: 'e', inferenceTime: '2026-01-01T00:00:00Z', ...meta },
    });

  test('a line has its time, sides and ids', () => {
    expect(readCapture(line({}, { inferenceId: 'assay-golden' }))).toEqual({
      eventId: 'e',
      inferenceId: 'assay-golden',
      time: Date.UTC(2026, 0, 1),
      input: { contentType: 'text/csv', encoding: 'CSV', data: '1' },
    });
    const own = readCapture(line({}, { inferenceId: 'assay-golden' }));
    const other = readCapture(line({}, { inferenceId: 'order-assay-1' }));
    expect(!isUnreadable(own) && isOwn(own)).toBe(true);
    expect(!isUnreadable(other) && isOwn(other)).toBe(false);
  });

  test('whatever is cut off where is a problem, and never an error', () => {
    const whole = line();
    for (let length = 0; length < whole.length; length += 1) {
      expect(readCapture(whole.slice(0, length))).toEqual({ problem: expect.any(String) });
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => readCapture(text)).not.toThrow();
      }),
    );
  });
});

test('CSV reads what RFC 4180 writes', () => {
  const field = fc.stringMatching(/^[a-z",\n ]{0,6}$/);
  const record = fc.array(field, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = records.map((fields) => fields.map(quoted).join(',')).join('\r\n');
      expect(csvRecords(text)).toEqual(records);
    }),
  );
});

test('texts that look like NaN stay texts', () => {
  expect(parseLoose('{"a": "NaN, Infinity", "b": [NaN, -Infinity]}')).toEqual([
    { a: 'NaN, Infinity', b: [null, Number.NEGATIVE_INFINITY] },
  ]);
});

test('a text without an end costs no more than its length', () => {
  expect(parseLoose(`NaN"${'\\"'.repeat(1_000_000)}`)).toBeUndefined();
  expect(parseLoose(`{"a": NaN, "b": "${'x\\\\'.repeat(1_000_000)}"}`)).toHaveLength(1);
});
