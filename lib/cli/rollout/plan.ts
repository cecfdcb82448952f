import type { AppConfig } from '../../config/app';
import type { Gates } from '../../config/gates';
import { loadGates } from '../../config/load';
import { measuredDurations } from '../../core/rollout/expected';
import { ALARM_WINDOW, type PreflightCheck, preflight, preflightVerdict } from '../../core/rollout/preflight';
import { rolloutTimes } from '../../core/rollout/timing';
import { UsageError } from '../../release/environment';
import { endpointName } from '../../rollout/contract';
import { exitCodeOf } from '../exit';
import { type ApplicationOptions, applicationConfig, workloadFolder } from './application';
import { rolloutClients } from './clients';
import { locate } from './location';
import { type AccountFacts, readAccount } from './plan-facts';
import { type PlanDocument, planText } from './plan-text';

export interface PlanOptions extends ApplicationOptions {
  readonly workload?: string;
  readonly offline?: true;
}

/** `assay plan`. @returns the exit code: 0 pass, 1 fail, 2 inconclusive */
export async function showPlan(options: PlanOptions): Promise<number> {
  const config = applicationConfig(options);
  const { gates } = loadGates(workloadFolder(config, options.workload));
  const found = options.offline === true ? undefined : await askAccount(config);
  const document = planDocument(config, gates, found);
  process.stdout.write(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : planText(document));
  return exitCodeOf(document.verdict);
}

/** The account's facts, or why there are none. */
async function askAccount(config: AppConfig): Promise<AccountFacts | string> {
  const clients = rolloutClients(config.region);
  try {
    return await readAccount(clients, config, await locate(clients.ssm, config, 'production'));
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** The whole plan from what the files say and, where it could be asked, the account. */
export function planDocument(
  config: AppConfig,
  { canary }: Gates,
  found: AccountFacts | string | undefined,
): PlanDocument {
  const account = typeof found === 'object' ? found : undefined;
  const durations = measuredDurations(account?.records ?? []);
  const { steps, bakeSeconds, maxBakeSeconds, judgeEverySeconds } = canary;
  const pace = { steps, bakeSeconds, maxBakeSeconds, judgeEverySeconds };
  const checks: PreflightCheck[] = [
    ...preflight({
      rules: canary,
      instanceCount: config.environments.production.instanceCount,
      alarmWindow: ALARM_WINDOW,
      probesPerMinute: (60 * canary.probes.maxPerLook) / judgeEverySeconds,
      ...(account === undefined ? {} : { live: account.live }),
      durations,
    }),
  ];
  if (typeof found === 'string') {
    const reason = `traffic, endpoint, alarms and permissions were not looked at: ${found}`;
    checks.push({ id: 'account', verdict: 'inconclusive', reason });
  }
  return {
    schema: 'assay.plan/1',
    verdict: preflightVerdict(checks),
    endpointName: endpointName(config.application, 'production'),
    pace,
    times: rolloutTimes(pace, durations),
    durations,
    checks,
  };
}
