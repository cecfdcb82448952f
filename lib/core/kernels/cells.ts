/** Cells a unit of score. 0 puts everything into one cell, where no finite scale exists. */
export function scaleOf(min: number, max: number, cells: number): number {
  const scale = cells / (max - min);
  return Number.isFinite(scale) && Number.isFinite(max - min) ? scale * (1 - 2 ** -40) : 0;
}
