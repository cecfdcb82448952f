import fc from 'fast-check';
import { DAMAGED, DONE, unpackGuarded } from './guarded-unpack';
import * as p from './parquet-pages';
import { INT64 } from './sample-pages';
import { type Element, snappyBlock } from './snappy-blocks';

describe('a block of Snappy', () => {
  const literal = fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 90 }),
    lengthBytes: fc.constantFrom(0, 1, 2, 3, 4),
  } as const);
  const copy = fc.record({
    back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 })),
    run: fc.integer({ min: 1, max: 64 }),
    form: fc.constantFrom(1, 2, 3),
  } as const);

  /** Only what the format can say: nothing from before the beginning, and no run that a form has no bits for. */
  function sayable(drawn: readonly Element[]): readonly Element[] {
    let length = 0;
    return drawn.map((element) => {
      const said = sayableOne(element, length);
      length += 'bytes' in said ? said.bytes.length : said.run;
      return said;
    });
  }
  function sayableOne(element: Element, length: number): Element {
    if ('bytes' in element)
      return element.bytes.length > 60 && element.lengthBytes === 0 ? { ...element, lengthBytes: 1 } : element;
    if (length === 0) return { bytes: Uint8Array.of(1, 2, 3), lengthBytes: 0 };
    const back = Math.min(element.back, length, element.form === 1 ? 2047 : 65_535);
    return { ...element, back, run: element.form === 1 ? 4 + (element.run % 8) : element.run };
  }
  const block = fc
    .array(fc.oneof<fc.Arbitrary<Element>[]>(literal, copy), { minLength: 1, maxLength: 60 })
    .map((drawn) => {
      const elements = sayable(drawn);
      const missing = 8 - (snappyBlock(elements).plain.length % 8);
      return snappyBlock([...elements, { bytes: new Uint8Array(missing).fill(77), lengthBytes: 0 }]);
    });
  const unpacked = (packed: readonly number[], size: number) =>
    unpackGuarded(Uint8Array.from(p.dataPage(size / 8, p.PLAIN, packed, { unpacked: size })), {
      ...INT64,
      snappy: true,
      rows: size / 8,
      pageBytes: size,
    });

  it('is what its elements say, in rooms without a byte to spare', () => {
    fc.assert(
      fc.property(block, ({ plain, packed }) => {
        const { status, values } = unpacked(packed, plain.length);
        expect(status).toBe(DONE);
        expect(values.equals(plain)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('repeats itself from every distance, over every length', () => {
    for (let back = 1; back <= 70; back += 1) {
      const elements: Element[] = [{ bytes: Uint8Array.from({ length: 70 }, (_, at) => at + 1), lengthBytes: 1 }];
      for (let run = 1; run <= 64; run += 1) elements.push({ back, run, form: run % 2 === 0 ? 2 : 3 });
      elements.push({ bytes: new Uint8Array(2), lengthBytes: 0 });
      const { plain, packed } = snappyBlock(elements);
      const { status, values } = unpacked(packed, plain.length);
      expect([status, values.equals(plain)]).toEqual([DONE, true]);
    }
  });

  it('has literals whose length takes one to four bytes', () => {
    for (const [length, lengthBytes] of [
      [300, 2],
      [70_000, 3],
      [70_000, 4],
      [16, 4],
      [17, 1],
      [64, 1],
      [65, 1],
    ] as const) {
      const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
      const { plain, packed } = snappyBlock([
        { bytes, lengthBytes },
        { bytes: new Uint8Array(8 - (length % 8)), lengthBytes: 0 },
      ]);
      const { status, values } = unpacked(packed, plain.length);
      expect([status, values.equals(plain)]).toEqual([DONE, true]);
    }
  });

  test.each<[what: string, packed: readonly number[]]>([
    ['nothing at all', []],
    ['another length', [...p.varint(17), 15 << 2, ...Array<number>(16).fill(1)]],
    ['a length that never ends', Array<number>(9).fill(255)],
    ['a copy from before the beginning', [16, 7 << 2, ...Array<number>(8).fill(1), (4 << 2) | 1, 9]],
    ['a copy from nowhere', [16, 7 << 2, ...Array<number>(8).fill(1), (4 << 2) | 1, 0]],
    ['a copy beyond the end', [16, 7 << 2, ...Array<number>(8).fill(1), (8 << 2) | 2, 1, 0]],
    ['a copy that is cut off', [16, 7 << 2, ...Array<number>(8).fill(1), (7 << 2) | 2, 1]],
    ['a literal beyond the end', [16, 16 << 2, ...Array<number>(17).fill(1)]],
    ['a literal that is cut off', [16, 15 << 2, 1]],
    ['a literal of 2³² bytes', [16, 63 << 2, 255, 255, 255, 255]],
    ['a literal whose length is cut off', [16, 63 << 2, 15]],
    ['too little', [16, 7 << 2, ...Array<number>(8).fill(1)]],
    ['an element behind its end', [16, 15 << 2, ...Array<number>(17).fill(0)]],
  ])('is damaged with %s', (_, packed) => {
    expect(unpacked(packed, 16).status).toBe(DAMAGED);
  });
});
