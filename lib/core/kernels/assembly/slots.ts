// A table of 2^`slots` slots of 16 bytes by the bits of a value: u64, and a u32 that is 0 where the slot is free.

/** Where the slot of a value is, or the free one that it may have. The table is never full. */
// @ts-ignore: decorator
@inline
export function slotOf(bits: u64, table: usize, slots: u32): usize {
  const last: u32 = (1 << slots) - 1;
  let slot = <u32>((bits * 0x9e3779b97f4a7c15) >> <u64>(64 - slots));
  let at = table + (<usize>slot << 4);
  while (load<u32>(at, 8) != 0 && load<u64>(at) != bits) {
    slot = (slot + 1) & last;
    at = table + (<usize>slot << 4);
  }
  return at;
}
