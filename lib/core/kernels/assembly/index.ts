export { draw, walk } from './bootstrap';
export { rank, scratchBytes } from './sort';
export { place } from './walk';
