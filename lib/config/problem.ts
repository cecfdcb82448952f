/** One thing that is wrong in a configuration file. `message` says what was found and what is allowed. */
export interface Problem {
  /** `gates.yaml:12:5`, or the file alone where no position is known. */
  readonly where: string;
  readonly message: string;
}

/** Everything that is wrong with the configuration, one problem a line. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.where}: ${problem.message}`).join('\n'));
    this.name = 'ConfigurationError';
  }
}
