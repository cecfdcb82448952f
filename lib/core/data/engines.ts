export const ENGINES = ['auto', 'duckdb', 'athena'] as const;
export type EngineName = (typeof ENGINES)[number];

/** From this size on `auto` takes Athena: DuckDB would have to download the files first. */
export const DEFAULT_ATHENA_ABOVE_GIB = 20;
