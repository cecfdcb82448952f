import { conformanceMain } from '../lib/cli/conformance';
import { explainError } from '../lib/cli/exit';

conformanceMain(process.argv[2]).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { code, message } = explainError(error);
    process.stderr.write(`conformance: ${message}\n`);
    process.exitCode = code;
  },
);
