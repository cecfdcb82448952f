import { delimiter } from 'node:path';
import { machinePath } from './tools';

/** Settings of package managers, proxies and certificates: without them a build could not install behind a mirror. */
const PASSED =
  /^(npm_config_|pip_|uv_|(https?|all|no|ftp)_proxy$|ssl_cert_|requests_ca_bundle$|curl_ca_bundle$|node_extra_ca_certs$)/i;

/** What `npm run` sets about the project it runs in; a nested npm would install into that project. */
const OF_THE_RUNNING_NPM =
  /^npm_config_(local_prefix|prefix|global_prefix|init_module|node_gyp|user_agent|npm_version|argv)$/i;

const LOOPBACK = ['127.0.0.1', 'localhost'];

/** The clean environment every build starts from: this machine's, as far as a build image would have it. */
export function machineEnvironment(
  machine: Readonly<Record<string, string | undefined>>,
  tools: string,
  temporary: string,
): Record<string, string> {
  const passed = Object.entries(machine).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && PASSED.test(entry[0]) && !OF_THE_RUNNING_NPM.test(entry[0]),
  );
  const unproxied = [machine.no_proxy ?? machine.NO_PROXY, ...LOOPBACK].filter((host) => host !== undefined);
  return {
    ...Object.fromEntries(passed),
    // The gateway listens on loopback, which no proxy reaches.
    NO_PROXY: unproxied.join(','),
    no_proxy: unproxied.join(','),
    PATH: [tools, machinePath(machine.PATH ?? '/usr/local/bin:/usr/bin:/bin')].join(delimiter),
    HOME: machine.HOME ?? temporary,
    LANG: machine.LANG ?? 'C.UTF-8',
    TMPDIR: temporary,
  };
}
