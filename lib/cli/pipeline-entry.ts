import { version } from '../../package.json';
import { main } from './main';

/** The command line of the pipeline's builds: everything but `assay run`, which needs this project's folder. */
void main(process.argv.slice(2), version).then((code) => {
  process.exitCode = code;
});
