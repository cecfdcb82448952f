export { draw, walk } from './bootstrap';
export { rank, scratchBytes } from './sort';
export { tally } from './tally';
export { place } from './walk';
