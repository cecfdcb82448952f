/** Names of expectations; a team's own queries have a name without "expect". */
export const EXPECTATION = /^(expect_|unexpected_rows_expectation$)/;
