export { initialGates } from './gates';
export { type InferredColumn, inferTable, labelProblem } from './infer';
