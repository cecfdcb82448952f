import {
  createLabelReader,
  LabelFileError,
  type LabelFormat,
  labelFormat,
} from '../../../lib/core/feedback/label-file';

const readAll = (format: LabelFormat, ...lines: string[]) => {
  const read = createLabelReader(format);
  return lines.map((line) => read(line));
};

describe('files of labels', () => {
  it('are told by their names', () => {
    expect(['a.CSV', 'b/c.jsonl', 'd.ndjson', 'e.json', 'csv'].map(labelFormat)).toEqual([
      'csv',
      'jsonl',
      'jsonl',
      undefined,
      undefined,
    ]);
  });

  it('read CSV with columns in any order, quotes, a byte order mark and carriage returns', () => {
    const read = readAll('csv', '\uFEFFlabel, note ,"inference_id"\r', '1,x,a\r', '', '"an ""x""","p,q",b\r');
    expect(read).toEqual([
      undefined,
      { inferenceId: 'a', row: 0, label: '1' },
      undefined,
      { inferenceId: 'b', row: 0, label: 'an "x"' },
    ]);
  });

  it('read JSON lines with labels of any simple type', () => {
    const read = readAll(
      'jsonl',
      '{"inference_id":"a","label":1,"row":2}',
      '{"inference_id":"a","label":true,"row":null}',
      '{"inference_id":"a","label":"annual"}',
    );
    expect(read).toEqual([
      { inferenceId: 'a', row: 2, label: '1' },
      { inferenceId: 'a', row: 0, label: 'true' },
      { inferenceId: 'a', row: 0, label: 'annual' },
    ]);
  });

  it.each([
    ['csv', 'a,1,0,9', 'has 4 values; the header has 3 columns'],
    ['csv', ',1,0', 'inference_id is missing; a text is required'],
    ['csv', 'a,,0', 'label is missing; a text, number or boolean is required'],
    ['csv', 'a,1,-1', 'row is "-1"; a whole number from 0 is allowed'],
    ['csv', 'a,"1,0', 'is no line of CSV: a value in quotes does not end'],
    ['jsonl', '{"inference_id":"a"', 'is not JSON'],
    ['jsonl', '[1]', 'is not a JSON object'],
    ['jsonl', '{"inference_id":7,"label":1}', 'inference_id is 7; a text is required'],
    ['jsonl', '{"inference_id":"a","label":{}}', 'label is {}; a text, number or boolean is required'],
    ['jsonl', '{"inference_id":"a","label":1,"row":0.5}', 'row is 0.5; a whole number from 0 is allowed'],
  ] as const)('tell a line of %s that cannot be read: %s', (format, line, problem) => {
    const read = createLabelReader(format);
    if (format === 'csv') read('inference_id,label,row');
    expect(read(line)).toEqual({ problem });
  });

  it('refuse a header without the columns, with the nearest name', () => {
    const refused = () => readAll('csv', 'inference-id,label');
    expect(refused).toThrow(LabelFileError);
    expect(refused).toThrow(
      'the header has no column "inference_id" (did you mean "inference-id"?); it has inference-id, label',
    );
  });
});
