import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as s3 from '@aws-sdk/client-s3';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext } from '../../engine/ports';
import { StateError } from '../language/errors';
import type { Json, JsonObject } from '../language/json';
import { type TimeFormat, toJson } from './result';
import { inputSchemaOf, schemaProblems, toSdkInput } from './schema';

/** What all SDK clients have in common, as far as this file needs it. */
interface Client {
  send(command: unknown, options: { readonly abortSignal: AbortSignal }): Promise<object>;
  destroy(): void;
}

type CommandClass = new (input: object) => object;

interface Service {
  /** As the Step Functions error names write it. */
  readonly id: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly client: (context: EngineContext) => Client;
}

const options = (context: EngineContext) => ({ ...awsClientConfig(context), maxAttempts: 1 });
// The clients' own `send` is generic over their commands; commands are looked up by name here.
const client = (sdkClient: object): Client => sdkClient as Client;

const SERVICES: Readonly<Record<string, Service>> = {
  cloudwatch: {
    id: 'CloudWatch',
    exports: { ...cloudwatch },
    client: (c) => client(new cloudwatch.CloudWatchClient(options(c))),
  },
  s3: { id: 'S3', exports: { ...s3 }, client: (c) => client(new s3.S3Client({ ...options(c), forcePathStyle: true })) },
  sagemaker: {
    id: 'SageMaker',
    exports: { ...sagemaker },
    client: (c) => client(new sagemaker.SageMakerClient(options(c))),
  },
  sns: { id: 'Sns', exports: { ...sns }, client: (c) => client(new sns.SNSClient(options(c))) },
  ssm: { id: 'Ssm', exports: { ...ssm }, client: (c) => client(new ssm.SSMClient(options(c))) },
};

export const SDK_SERVICES = Object.keys(SERVICES);

/** How an integration writes errors and times: AWS SDK integrations in one way, optimised ones in another. */
export interface SdkStyle {
  readonly times: TimeFormat;
  /** The error name of exceptions that the service model does not list, e.g. `SageMaker.SageMakerException`. */
  readonly otherErrors: string;
  /** Before the dot of the others, e.g. `SageMaker`. */
  readonly prefix: string;
}

/** The style of `aws-sdk:<service>:…`. */
export function awsSdkStyle(service: string): SdkStyle {
  const id = SERVICES[service]?.id ?? service;
  return { times: 'iso', prefix: id, otherErrors: `${id}.${id}Exception` };
}

/** One operation of an AWS service, called at the gateway. */
export interface SdkOperation {
  problems(args: Json): readonly string[];
  /** Rejects with StateError, named as `style` says, and with the signal's reason if aborted. */
  call(args: JsonObject, signal: AbortSignal, style: SdkStyle): Promise<JsonObject>;
}

/** SDK clients of one engine, made on first use. */
export class Sdk {
  private readonly clients = new Map<string, Client>();

  constructor(private readonly context: EngineContext) {}

  /**
   * @param service as in `arn:aws:states:::aws-sdk:<service>:<action>`
   * @param action in camelCase
   * @returns undefined if the service has no such action
   */
  operation(service: string, action: string): SdkOperation | undefined {
    const known = SERVICES[service];
    const name = action.charAt(0).toUpperCase() + action.slice(1);
    const command = known?.exports[`${name}Command`];
    if (known === undefined || /^[A-Z]/.test(action) || typeof command !== 'function') return undefined;
    const schema = inputSchemaOf(known.exports[`${name}$`]);
    return {
      problems: (args) => schemaProblems(schema, args, 'Arguments'),
      call: async (args, signal, style) => {
        try {
          const input = toSdkInput(schema, args) as object;
          const output = await this.client(service, known).send(new (command as CommandClass)(input), {
            abortSignal: signal,
          });
          return await toJson(output, style.times);
        } catch (error) {
          signal.throwIfAborted();
          throw stateErrorOf(error, known, style);
        }
      },
    };
  }

  close(): void {
    for (const open of this.clients.values()) open.destroy();
    this.clients.clear();
  }

  private client(service: string, known: Service): Client {
    const open = this.clients.get(service) ?? known.client(this.context);
    this.clients.set(service, open);
    return open;
  }
}

/** `<Service>.<ExceptionName>`, always with the suffix `Exception`, as Step Functions names what a service throws. */
function stateErrorOf(error: unknown, service: Service, style: SdkStyle): StateError {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };
  if ($metadata?.httpStatusCode === undefined) return new StateError(`${style.prefix}.SdkClientException`, message);
  const cause = `${message} (Service: ${service.id}, Status Code: ${$metadata.httpStatusCode}, Request ID: ${$metadata.requestId ?? 'none'})`;
  const modelled = typeof service.exports[name] === 'function';
  return new StateError(
    modelled ? `${style.prefix}.${name.replace(/(Exception|Fault)?$/, 'Exception')}` : style.otherErrors,
    cause,
  );
}
