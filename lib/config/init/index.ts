export { type InitInput, initialGates } from './gates';
export { type InferredColumn, type InferredTable, inferTable, labelProblem } from './infer';
