/** Options that mean the same in several commands. */
export const APPLICATION = ['--application <name>', 'another application than assay.config.ts names'] as const;
export const JSON_FLAG = ['--json', 'print JSON on standard output'] as const;
