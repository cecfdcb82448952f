export * from './ask';
export * from './asks';
export * from './run';
