// Snappy's block format; source: google/snappy, format_description.txt.

/**
 * Unpacks what lies from `from` on and before `end`. In passing it reads up to 16 bytes from `end` on, and writes up to 15 behind
 * the last one of `to`; see SLACK of ../unpacking.ts.
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
    const form = tag & 3;
    // It may be of no use: what is read before it is known to be there is never further away than the slack.
    const word = load<u32>(from);
    if (form == 0) {
      let run = <usize>(tag >> 2) + 1;
      if (run > 60) {
        const bytes = run - 60;
        run = <usize>(word & (u32.MAX_VALUE >> (32 - 8 * <u32>bytes))) + 1;
        from += bytes;
        if (run == 0) return false;
      }
      if (from > end || run > end - from || run > last - to) return false;
      if (run <= 64) copy(to, from, run);
      else memory.copy(to, from, run);
      from += run;
      to += run;
      continue;
    }
    // Which of the other forms it is cannot be foretold: so there is no branch.
    const bytes = form + (form & (form >> 1));
    const short = form == 1;
    const run = <usize>select<u32>(((tag >> 2) & 7) + 4, (tag >> 2) + 1, short);
    const back = <usize>((word & (u32.MAX_VALUE >> (32 - 8 * bytes))) | select<u32>((tag >> 5) << 8, 0, short));
    from += <usize>bytes;
    if (from > end || back == 0 || back > to - first || run > last - to) return false;
    if (back >= 16) copy(to, to - back, run);
    else repeat(to, back, run);
    to += run;
  }
  return to == last;
}

/** Copies `run` bytes, 1 at least; writes 16 at a time. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, run: usize): void {
  v128.store(to, v128.load(from));
  for (let done: usize = 16; done < run; done += 16) v128.store(to + done, v128.load(from + done));
}

/** Copies `run` bytes, at most 64, from less than 16 before: what is written is what is read. */
// @ts-ignore: decorator
@inline
function repeat(to: usize, back: usize, run: usize): void {
  const end = to + run;
  if (back >= 8) for (; to < end; to += 8) store<u64>(to, load<u64>(to - back));
  else for (; to < end; to++) store<u8>(to, load<u8>(to - back));
}
