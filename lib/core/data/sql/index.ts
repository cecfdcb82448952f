export * from './aggregates';
export * from './cells';
export * from './rows';
export * from './table-sql';
export * from './values';
