import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlarmEvaluator } from '../../lib/local/alarms/evaluator';
import { cloudwatchProviders } from '../../lib/local/alarms/provider';
import { HttpApis } from '../../lib/local/apigateway/provider';
import { loadAssembly } from '../../lib/local/assembly/load';
import { awsEnvironment } from '../../lib/local/engine/aws';
import { EngineCalendar } from '../../lib/local/engine/calendar';
import { SystemClock } from '../../lib/local/engine/clock';
import type { EngineContext, ResourceProvider } from '../../lib/local/engine/ports';
import { LocalProcessHost } from '../../lib/local/engine/process-host';
import { FileStateStore } from '../../lib/local/engine/state-store';
import { eventsApi } from '../../lib/local/events/api';
import { RuleBus } from '../../lib/local/events/bus';
import { ruleProvider } from '../../lib/local/events/provider';
import { Redelivery } from '../../lib/local/events/redelivery';
import { connectTargets } from '../../lib/local/events/targets';
import { startGateway } from '../../lib/local/gateway/gateway';
import { lambdaApi } from '../../lib/local/lambda/api';
import { lambdaProviders } from '../../lib/local/lambda/provider';
import { LambdaService } from '../../lib/local/lambda/service';
import { startMoto } from '../../lib/local/moto/moto';
import { MOTO_SERVICES } from '../../lib/local/moto/services';
import { storageProviders } from '../../lib/local/provision/providers';
import { provision } from '../../lib/local/provision/provision';
import { S3Events } from '../../lib/local/s3/events';
import { schedulerProviders } from '../../lib/local/scheduler/provider';
import { Schedules } from '../../lib/local/scheduler/schedules';
import { Timetable } from '../../lib/local/scheduler/timetable';

// The emulator starts in a second or two, but not where every processor is busy.
jest.setTimeout(60_000);

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

export interface StackFixture {
  readonly template: object;
  readonly dependencies?: readonly string[];
  /** Files of one folder asset; published under `<stack>.zip`. */
  readonly code?: Readonly<Record<string, string>>;
  readonly environment?: string;
}

const assemblies = mkdtempSync(join(tmpdir(), 'assay-assemblies-'));
afterAll(() => rmSync(assemblies, { recursive: true, force: true }));

/** Writes a cloud assembly as the CDK would, and returns its folder. */
export function writeAssembly(stacks: Readonly<Record<string, StackFixture>>): string {
  const dir = mkdtempSync(join(assemblies, 'cdk-out-'));
  const artifacts: Record<string, unknown> = { Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } } };
  const write = (file: string, value: object) => writeFileSync(join(dir, file), JSON.stringify(value));
  for (const [name, { template, dependencies = [], code, environment }] of Object.entries(stacks)) {
    const files: Record<string, unknown> = {};
    if (code !== undefined) {
      mkdirSync(join(dir, `asset.${name}`));
      for (const [file, content] of Object.entries(code)) writeFileSync(join(dir, `asset.${name}`, file), content);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
      const bucketName = 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';
      files[name] = {
        source: { path: `asset.${name}`, packaging: 'zip' },
        destinations: { current: { bucketName, objectKey: `${name}.zip` } },
      };
    }
    write(`${name}.template.json`, template);
    write(`${name}.assets.json`, { version: '1', files, dockerImages: {} });
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: environment ?? 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      dependencies: [...dependencies, `${name}.assets`],
    };
  }
  write('manifest.json', { version: '1', artifacts });
  return dir;
}

/** The base of the engine on a real emulator, without the services that only pipelines need. */
export async function startTestEngine(stateDir: string, timeScale = 0.01) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const processes = new LocalProcessHost();
  const moto = await startMoto({ processes, venv: join(__dirname, '../../.venv'), stateDir, account: ACCOUNT });
  const gateway = await startGateway({ fallbackUrl: moto.url, fallbackServices: MOTO_SERVICES, log });
  const clock = new SystemClock(timeScale);
  const redelivery = new Redelivery({ region: REGION, account: ACCOUNT, endpointUrl: gateway.url, clock });
  const state = new FileStateStore(join(stateDir, 'state'));
  const calendar = new EngineCalendar(state);
  const bus = new RuleBus({ region: REGION, account: ACCOUNT, now: () => calendar.now(), redelivery, log });
  const context: EngineContext = {
    region: REGION,
    account: ACCOUNT,
    partition: 'aws',
    endpointUrl: gateway.url,
    stateDir,
    venv: join(__dirname, '../../.venv'),
    clock,
    calendar,
    processes,
    state,
    events: bus,
    awsEnv: awsEnvironment(REGION, gateway.url),
    log,
  };
  const objects = new S3Events(context);
  gateway.watch('s3', (request) => objects.watch(request));
  const lambda = new LambdaService(context);
  gateway.register(lambdaApi(lambda, context));
  gateway.register(eventsApi(bus));
  connectTargets(bus, lambda, context);
  const httpApis = new HttpApis(context, lambda);
  const timetable = new Timetable({ calendar, log });
  const schedules = new Schedules(timetable, context);
  const alarms = new AlarmEvaluator(context, moto, lambda);
  const providers = [
    ...storageProviders(context),
    ...lambdaProviders(lambda, context),
    ...httpApis.providers,
    ...cloudwatchProviders(context),
    ruleProvider(bus, schedules, context),
    ...schedulerProviders({ schedules, redelivery, lambda }, context),
  ];
  return {
    context,
    lines,
    lambda,
    bus,
    alarms,
    moto,
    timetable,
    gateway,
    deploy: (assemblyDir: string, more: readonly ResourceProvider[] = []) =>
      provision(loadAssembly(assemblyDir), [...providers, ...more], context),
    close: async () => {
      timetable.close();
      await alarms.close();
      redelivery.close();
      await httpApis.close();
      await lambda.close();
      await bus.drain();
      await gateway.close();
      await moto.stop();
      await processes.close();
    },
  };
}

export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'assay-local-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
