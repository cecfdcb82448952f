// Snappy's block format; source: google/snappy, format_description.txt.

/** Bytes behind input and output that may be read, or written to, in passing. */
export const SLACK: usize = 64;

/**
 * Unpacks what lies from `from` on and before `end`.
 *
 * @returns false if it is damaged, or is not of exactly `size` bytes once unpacked
 */
export function unpackSnappy(from: usize, end: usize, to: usize, size: u32): bool {
  let length: u64 = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (from >= end || shift > 28) return false;
    const byte = <u64>load<u8>(from++);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  if (length != <u64>size) return false;
  const first = to;
  const last = to + <usize>size;
  while (from < end) {
    const tag = <u32>load<u8>(from++);
    const upper = tag >> 2;
    if ((tag & 3) == 0) {
      let run = <usize>upper + 1;
      if (run > 60) {
        const bytes = run - 60;
        run = <usize>(load<u32>(from) & (u32.MAX_VALUE >> (32 - 8 * <u32>bytes))) + 1;
        from += bytes;
        if (run == 0) return false;
      }
      if (from > end || run > end - from || run > last - to) return false;
      if (run <= 16) v128.store(to, v128.load(from));
      else memory.copy(to, from, run);
      from += run;
      to += run;
      continue;
    }
    let run = <usize>upper + 1;
    let back: usize;
    if ((tag & 3) == 1) {
      run = <usize>(upper & 7) + 4;
      back = (<usize>(tag >> 5) << 8) | <usize>load<u8>(from);
      from += 1;
    } else if ((tag & 3) == 2) {
      back = <usize>load<u16>(from);
      from += 2;
    } else {
      back = <usize>load<u32>(from);
      from += 4;
    }
    if (from > end || back == 0 || back > to - first || run > last - to) return false;
    repeat(to, back, run);
    to += run;
  }
  return to == last;
}

/** Copies `run` bytes, at most 64, from `back` bytes before: what is written may be what is read. */
// @ts-ignore: decorator
@inline
function repeat(to: usize, back: usize, run: usize): void {
  const end = to + run;
  if (back >= 16) for (; to < end; to += 16) v128.store(to, v128.load(to - back));
  else if (back >= 8) for (; to < end; to += 8) store<u64>(to, load<u64>(to - back));
  else for (; to < end; to++) store<u8>(to, load<u8>(to - back));
}
