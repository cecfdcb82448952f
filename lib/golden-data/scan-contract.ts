/** Where Athena runs and keeps its tables; set on the build that judges data. */
export const SCAN_ENV = { workGroup: 'ASSAY_ATHENA_WORKGROUP', database: 'ASSAY_ATHENA_DATABASE' } as const;

/** Names of the tables that a judgement makes and drops; permissions are given on them alone. */
export const LAKE_TABLES = 'assay_*';
