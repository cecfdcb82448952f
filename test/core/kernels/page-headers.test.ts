import { DAMAGED, OTHER_FORM } from './guarded-unpack';
import * as p from './parquet-pages';
import { DICTIONARY, numbers, PLAIN_PAGE, VALUES } from './sample-pages';

describe('a header', () => {
  test('of fields that nobody knows', () => {
    const unknown: p.Field[] = [
      p.i32(9, -5),
      [10, 4, p.varint(p.zigzag(-300))],
      [11, 6, p.varint(2n ** 64n - 1n)],
      [12, 3, [200]],
      [13, 7, p.le(1, 8)],
      p.binary(14, Array<number>(200).fill(7)),
      p.nested(15, [p.flag(1, true), p.nested(2, [p.i32(1, 1), p.nested(40, [])]), p.flag(3, false)]),
      [16, 9, [(3 << 4) | 1, 1, 2, 1]],
      [17, 10, [(15 << 4) | 5, 20, ...Array<number>(20).fill(4)]],
      [18, 9, [(2 << 4) | 12, ...p.struct([p.i32(1, 3)]), ...p.struct([])]],
      [400, 5, p.varint(p.zigzag(2 ** 31 - 1), 5)],
    ];
    const statistics = p.nested(5, [
      p.binary(5, p.le(8, 8)),
      p.binary(6, p.le(1, 8)),
      p.flag(7, true),
      p.flag(8, false),
    ]);
    for (const long of [false, true]) {
      const page = p.dataPage(10, p.PLAIN, p.int64s(VALUES), {
        fields: unknown,
        inner: [statistics, ...unknown],
        long,
      });
      expect(numbers([page], 10)).toEqual(VALUES);
    }
  });

  test.each<[what: string, page: readonly number[]]>([
    ['that ends too early', PLAIN_PAGE.slice(0, 9)],
    [
      'without a size',
      [...p.struct([p.i32(1, 0), p.i32(2, 80), p.nested(5, [p.i32(1, 10), p.i32(2, 0)])]), ...p.int64s(VALUES)],
    ],
    [
      'without a number of values',
      [...p.struct([p.i32(1, 0), p.i32(2, 80), p.i32(3, 80), p.nested(5, [p.i32(2, 0)])]), ...p.int64s(VALUES)],
    ],
    [
      'that does not tell how levels are held',
      [
        ...p.struct([p.i32(1, 0), p.i32(2, 80), p.i32(3, 80), p.nested(5, [p.i32(1, 10), p.i32(2, 0), p.i32(3, 3)])]),
        ...p.int64s(VALUES),
      ],
    ],
    ['whose levels are held as nobody knows', p.dataPage(10, p.PLAIN, p.int64s(VALUES), { inner: [p.i32(4, 10)] })],
    ['of an unknown kind', [...p.struct([p.i32(1, 4), p.i32(2, 0), p.i32(3, 0)])]],
    [
      'that tells of another kind',
      [
        ...p.struct([
          p.i32(1, 0),
          p.i32(2, 80),
          p.i32(3, 80),
          p.nested(8, [p.i32(1, 10), p.i32(2, 0), p.i32(3, 10), p.i32(4, 0), p.i32(5, 0), p.i32(6, 0)]),
        ]),
        ...p.int64s(VALUES),
      ],
    ],
    ['that tells of two kinds', p.dataPage(10, p.PLAIN, p.int64s(VALUES), { fields: [p.nested(7, [])] })],
    [
      'with a negative size',
      [
        ...p.struct([p.i32(1, 0), p.i32(2, -80), p.i32(3, 80), p.nested(5, [p.i32(1, 10), p.i32(2, 0)])]),
        ...p.int64s(VALUES),
      ],
    ],
    ['with a negative number of values', p.dataPage(-10, p.PLAIN, p.int64s(VALUES))],
    ['with a map', p.dataPage(10, p.PLAIN, p.int64s(VALUES), { fields: [[9, 11, [0]]] })],
    [
      'with a text that has no end',
      p.dataPage(10, p.PLAIN, p.int64s(VALUES), { fields: [[9, 8, p.varint(2n ** 63n)]] }),
    ],
    [
      'with a list that has no end',
      p.dataPage(10, p.PLAIN, p.int64s(VALUES), { fields: [[9, 9, [0xf1, ...p.varint(2n ** 63n)]]] }),
    ],
    [
      'with structures in structures without end',
      [...p.struct([p.i32(1, 0), [9, 12, Array<number>(4000).fill(0x1c)]])],
    ],
    ['of a page that has more values than are wanted', p.dataPage(11, p.PLAIN, p.int64s([...VALUES, 1n]))],
    ['of a page that has less bytes than values', p.dataPage(10, p.PLAIN, p.int64s(VALUES.slice(1)))],
    ['of another size than its body', p.dataPage(10, p.PLAIN, p.int64s(VALUES), { unpacked: 88 })],
  ])('%s is damaged', (_, page) => {
    expect(numbers([page], 10)).toBe(DAMAGED);
  });

  test('of a page that is larger than its room, or than a file may have', () => {
    expect(numbers([PLAIN_PAGE], 10, { pageBytes: 79 })).toBe(OTHER_FORM);
    expect(numbers([DICTIONARY], 10, { dictionaryValues: 9 })).toBe(OTHER_FORM);
  });
});
