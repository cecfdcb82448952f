export { draw, walk } from './bootstrap';
export { keysDiffer, spreadKeys } from './keys';
export { rank, scratchBytes } from './sort';
export { tally } from './tally';
export { place } from './walk';
