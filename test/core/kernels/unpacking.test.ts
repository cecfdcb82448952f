import fc from 'fast-check';
import { DAMAGED, DONE, HAS_NULL, OTHER_FORM, OTHER_TEXT, unpackGuarded } from './guarded-unpack';
import * as p from './parquet-pages';
import { DICTIONARY, numbers, PLAIN_PAGE, VALUES, whole } from './sample-pages';
import { snappyBlock } from './snappy-blocks';

describe('pages', () => {
  test('one after another, with empty ones and such of an index between them', () => {
    const rest = p.dataPage(3, p.PLAIN, p.int64s([1n, 2n, 3n]));
    const [empty, index] = [p.dataPage(0, p.PLAIN, []), p.indexPage([1, 2, 3])];
    const noIndices = p.dataPage(0, p.RLE_DICTIONARY, []);
    expect(numbers([index, empty, PLAIN_PAGE, empty, noIndices, rest, index], 13)).toEqual([...VALUES, 1n, 2n, 3n]);
  });

  test('too few of them, or more than are wanted', () => {
    expect(numbers([PLAIN_PAGE], 11)).toBe(DAMAGED);
    expect(numbers([], 1)).toBe(DAMAGED);
    expect(numbers([], 0)).toEqual([]);
    expect(numbers([PLAIN_PAGE, PLAIN_PAGE], 10)).toEqual(VALUES);
  });

  test('whose dictionary gives way to plain values', () => {
    const looked = p.dataPage(4, p.RLE_DICTIONARY, [4, ...p.bitPacked([3, 0, 9, 1], 4)]);
    expect(numbers([DICTIONARY, looked, PLAIN_PAGE], 14)).toEqual([
      VALUES[3],
      VALUES[0],
      VALUES[9],
      VALUES[1],
      ...VALUES,
    ]);
    expect(numbers([looked, DICTIONARY], 4)).toBe(DAMAGED);
  });

  test('of the second version, packed or not, in a packed chunk', () => {
    const { packed } = snappyBlock([{ bytes: Uint8Array.from(p.int64s(VALUES)), lengthBytes: 1 }]);
    const asked = { snappy: true, optional: true };
    const levels = p.ones(10);
    for (const isPacked of [undefined, true]) {
      const page = p.secondPage(10, p.PLAIN, packed, {
        levels,
        unpacked: 80,
        ...(isPacked === undefined ? {} : { isPacked }),
      });
      expect(numbers([page], 10, asked)).toEqual(VALUES);
    }
    expect(numbers([p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels, isPacked: false })], 10, asked)).toEqual(
      VALUES,
    );
    expect(numbers([p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels })], 10, asked)).toBe(DAMAGED);
    expect(
      numbers([p.secondPage(0, p.PLAIN, []), p.secondPage(10, p.PLAIN, packed, { levels, unpacked: 80 })], 10, asked),
    ).toEqual(VALUES);
  });

  test.each<[name: string, status: number, page: readonly number[]]>([
    ['levels of lists', OTHER_FORM, p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels: p.ones(10), repetition: 2 })],
    ['a NULL that it counts', HAS_NULL, p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels: p.ones(10), nulls: 1 })],
    [
      'a NULL that it does not count',
      HAS_NULL,
      p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels: p.run(10, 0, 1) }),
    ],
    ['no levels', DAMAGED, p.secondPage(10, p.PLAIN, p.int64s(VALUES))],
  ])('of the second version with %s', (_, status, page) => {
    expect(numbers([page], 10, { optional: true })).toBe(status);
  });

  test('of the second version with levels that a required column cannot have', () => {
    expect(numbers([p.secondPage(10, p.PLAIN, p.int64s(VALUES), { levels: p.ones(10) })], 10)).toBe(OTHER_FORM);
  });
});

describe('levels', () => {
  const ten = p.int64s(VALUES);
  const page = (levels: readonly number[]) => [p.dataPage(10, p.PLAIN, [...p.behindLength(levels), ...ten])];
  test.each<[name: string, expected: bigint[] | number, levels: readonly number[]]>([
    ['as one run', VALUES, p.ones(10)],
    ['as bits', VALUES, p.ones(10, true)],
    ['as bits without the bits that fill them up', VALUES, [5, 255, 0b11]],
    ['as runs and bits', VALUES, [...p.ones(1), ...p.ones(8, true), ...p.ones(1)]],
    ['as a run that is longer than needed', VALUES, p.ones(1000)],
    ['with a NULL in a run', HAS_NULL, [...p.ones(9), ...p.run(1, 0, 1)]],
    ['with a NULL among bits', HAS_NULL, p.bitPacked([1, 1, 1, 1, 1, 1, 1, 1, 1, 0], 1)],
    ['of no bytes', DAMAGED, []],
    ['that end too early', DAMAGED, p.ones(9)],
    ['whose bits end too early', DAMAGED, [5, 255]],
    ['without the value of a run', DAMAGED, [20]],
  ])('%s', (_, expected, levels) => {
    expect(numbers(page(levels), 10, { optional: true })).toEqual(expected);
  });

  test('that are said to be longer than their page, or are in an old form', () => {
    const beyond = [p.dataPage(10, p.PLAIN, [...p.le(90, 4), ...ten])];
    const none = [p.dataPage(10, p.PLAIN, [1, 2])];
    expect([beyond, none].map((pages) => numbers(pages, 10, { optional: true }))).toEqual([DAMAGED, DAMAGED]);
    const old = p.dataPage(10, p.PLAIN, [...p.behindLength(p.ones(10)), ...ten], { inner: [p.i32(3, 4)] });
    expect(numbers([old], 10, { optional: true })).toBe(OTHER_FORM);
  });
});

describe('indices of a dictionary', () => {
  const looked = (indices: readonly number[]) => indices.map((index) => VALUES[index]);

  it('have 0 to 32 bits, in runs and in groups that begin at any bit', () => {
    const piece = fc.record({ indices: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), asRun: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 32 }), fc.array(piece, { minLength: 1, maxLength: 6 }), (width, pieces) => {
        const within = (index: number) => index % Math.min(10, 2 ** width);
        const all: number[] = [];
        const bytes = pieces.flatMap(({ indices, asRun }, at) => {
          const own = asRun ? Array<number>(indices.length).fill(indices[0] ?? 0) : indices;
          const last = at === pieces.length - 1;
          // Groups are whole, but for the last one.
          const said = own.map(within);
          while (!asRun && !last && said.length % 8 > 0) said.push(0);
          all.push(...said);
          return asRun ? p.run(said.length, said[0] ?? 0, width) : p.bitPacked(said, width);
        });
        const pages = [DICTIONARY, p.dataPage(all.length, p.RLE_DICTIONARY, [width, ...bytes])];
        expect(numbers(pages, all.length, { dictionaryValues: 10 })).toEqual(looked(all));
      }),
      { numRuns: 500 },
    );
  });

  test('whose last group is cut short where no value is missing', () => {
    const short = p.dataPage(3, p.PLAIN_DICTIONARY, [12, ...p.bitPacked([1, 2, 3], 12).slice(0, 1 + 5)]);
    expect(numbers([DICTIONARY, short], 3, { dictionaryValues: 10 })).toEqual(looked([1, 2, 3]));
    const shorter = p.dataPage(3, p.PLAIN_DICTIONARY, [12, ...p.bitPacked([1, 2, 3], 12).slice(0, 1 + 4)]);
    expect(numbers([DICTIONARY, shorter], 3, { dictionaryValues: 10 })).toBe(DAMAGED);
  });

  test.each<[what: string, body: readonly number[]]>([
    ['none', []],
    ['a width alone', [4]],
    ['33 bits', [33, ...p.run(10, 1, 33)]],
    ['255 bits', [255, ...p.run(10, 1, 32)]],
    ['a run of an index that is none', [4, ...p.run(10, 10, 4)]],
    ['a run of an index with more bits than its width', [2, ...p.run(10, 5, 8)]],
    ['an index that is none among bits', [4, ...p.bitPacked([1, 2, 3, 4, 5, 6, 7, 8, 9, 15], 4)]],
    ['runs of nothing', [4, 0, 1, 0, 1]],
    ['too few groups', [4, ...p.bitPacked([1, 2, 3, 4, 5, 6, 7, 8], 4)]],
    ['a whole group that is cut off', [4, 3, 0x21, 0x43, 0x65]],
    [
      'so many groups that their number overflows',
      [8, ...p.varint((2n ** 61n + 2n) * 2n + 1n), ...Array<number>(16).fill(1)],
    ],
    ['a run of more than a page can have', [8, ...p.varint(2n ** 40n), 1]],
    ['a run without its index', [9, ...p.varint(20), 1]],
  ])('are damaged: %s', (_, body) => {
    expect(numbers([DICTIONARY, p.dataPage(10, p.RLE_DICTIONARY, body)], 10)).toBe(DAMAGED);
  });
});

describe('values of other types', () => {
  const narrow = (type: 'INT32' | 'FLOAT', body: Buffer) =>
    unpackGuarded(Uint8Array.from(p.dataPage(body.length / 4, p.PLAIN, [...body])), {
      type,
      snappy: false,
      optional: false,
      rows: body.length / 4,
    });

  test('whole numbers of four bytes keep their sign', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 1 }), (values) => {
        const { status, values: found } = narrow('INT32', Buffer.from(Int32Array.from(values).buffer));
        expect([status, whole(found)]).toEqual([DONE, values.map(BigInt)]);
      }),
    );
  });

  test('numbers of four bytes become those of eight, bit for bit', () => {
    fc.assert(
      fc.property(fc.float32Array({ minLength: 1, maxLength: 50 }), (values) => {
        const { status, values: found } = narrow(
          'FLOAT',
          Buffer.from(values.buffer, values.byteOffset, values.byteLength),
        );
        const wanted = Buffer.from(Float64Array.from(values).buffer);
        expect([status, found.equals(wanted)]).toEqual([DONE, true]);
      }),
    );
  });

  test('encodings that are not plain', () => {
    for (const encoding of [p.RLE, 4, 5, 6, 7, 9])
      expect(numbers([p.dataPage(10, encoding, p.int64s(VALUES))], 10)).toBe(OTHER_FORM);
  });
});

describe('texts', () => {
  const texts = (...of: string[]) => of.flatMap((text) => [...p.le(Buffer.byteLength(text), 4), ...Buffer.from(text)]);
  const dictionary = (...of: string[]) => p.dictionaryPage(of.length, texts(...of));
  const indices = p.dataPage(3, p.RLE_DICTIONARY, [2, ...p.bitPacked([2, 0, 1], 2)]);
  const asked = { type: 'BYTE_ARRAY', names: ['é', '', 'a text', 'a tex'] } as const;

  test('are their places among names', () => {
    expect(numbers([dictionary('a tex', 'é', ''), indices], 3, asked)).toEqual([1n, 3n, 0n]);
  });

  test('need no dictionary where they are few', () => {
    expect(numbers([p.dataPage(3, p.PLAIN, texts('', 'a text', 'é'))], 3, asked)).toEqual([1n, 2n, 0n]);
    expect(numbers([p.dataPage(2, p.PLAIN, texts('', 'a text').slice(0, -1))], 2, asked)).toBe(DAMAGED);
    const many = Array.from({ length: 16_384 }, () => '');
    expect(numbers([p.dataPage(16_384, p.PLAIN, texts(...many))], 16_384, asked)).toEqual(many.map(() => 1n));
    expect(numbers([p.dataPage(16_385, p.PLAIN, texts(...many, ''))], 16_385, asked)).toBe(OTHER_FORM);
  });

  test('that have no name', () => {
    const pages = [dictionary('a te', 'é', ''), indices];
    expect(numbers(pages, 3, asked)).toBe(OTHER_TEXT);
    expect(numbers(pages, 3, { ...asked, others: 9 })).toEqual([1n, 9n, 0n]);
  });

  test('that have no name and may be no UTF-8 are left to somebody who checks that', () => {
    expect(numbers([dictionary('ö', 'é', ''), indices], 3, { ...asked, others: 9 })).toBe(OTHER_TEXT);
  });

  test('that are cut off', () => {
    for (const bytes of [1, 4, 5]) {
      const cut = p.dictionaryPage(3, texts('a', 'b', 'ccc').slice(0, -bytes));
      expect(numbers([cut, indices], 3, { ...asked, names: ['a', 'b', 'ccc'] })).toBe(DAMAGED);
    }
  });
});
