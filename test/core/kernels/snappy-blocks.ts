// Snappy's block format; source: google/snappy, format_description.txt.
import { le, varint } from './parquet-pages';

/** Bytes as they are, their number told in `lengthBytes` bytes behind the tag; or in the tag, where it is 0. */
export interface Literal {
  readonly bytes: Uint8Array;
  readonly lengthBytes: 0 | 1 | 2 | 3 | 4;
}

/** `run` bytes from `back` bytes before, told in 1, 2 or 4 bytes. */
export interface Copy {
  readonly back: number;
  readonly run: number;
  readonly form: 1 | 2 | 3;
}

export type Element = Literal | Copy;

const FORM_BYTES = [0, 1, 2, 4] as const;

/** What a block of these elements holds, found byte by byte, and how it is written. */
export function snappyBlock(elements: readonly Element[]): { readonly plain: Uint8Array; readonly packed: number[] } {
  const plain: number[] = [];
  const packed: number[] = [];
  for (const element of elements) {
    if ('bytes' in element) {
      const length = element.bytes.length - 1;
      const upper = element.lengthBytes === 0 ? length : 59 + element.lengthBytes;
      packed.push(upper << 2, ...le(length, element.lengthBytes), ...element.bytes);
      plain.push(...element.bytes);
      continue;
    }
    const { back, run, form } = element;
    const tag = form === 1 ? ((back >> 8) << 5) | ((run - 4) << 2) | 1 : ((run - 1) << 2) | form;
    packed.push(tag, ...le(form === 1 ? back & 255 : back, FORM_BYTES[form]));
    for (let done = 0; done < run; done += 1) plain.push(plain[plain.length - back] as number);
  }
  return { plain: Uint8Array.from(plain), packed: [...varint(plain.length), ...packed] };
}
