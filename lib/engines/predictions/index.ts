export { readPredictions } from './read';
export type { AnswersRequest, GoldenRequest, GroupRequest, PredictionsRequest, ReadPredictions } from './request';
