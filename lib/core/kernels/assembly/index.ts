export { draw, walk as walkWeighted } from './bootstrap';
export { keepKeys, scanCsv } from './csv';
export { census, measure, order, spread } from './entries';
export { distinct, lookUp, placeCounts } from './few';
export { keysDiffer, spreadKeys } from './keys';
export { scratchBytes, sort } from './sort';
export { tally } from './tally';
export { count, cross, place, walk } from './walk';
export { differ, markEqual, narrow, unpack } from './pages';
