/** One AWS request as the gateway received it, signature already stripped of meaning: nothing is authenticated on loopback. */
export interface GatewayRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** Answers all requests of one or more SigV4 service names (`sagemaker`, `states`, `codepipeline`, …). */
export interface ServiceHandler {
  readonly services: readonly string[];
  handle(request: GatewayRequest): Promise<GatewayResponse>;
}

/** Takes part in one exchange with the emulator. */
export interface Watch {
  /** Whether the request's body is wanted. @default false */
  readonly body?: boolean;
  /** Called with a successful answer before the client gets it; a rejection fails the request. */
  answered(answer: GatewayResponse, requestBody: Buffer): Promise<void>;
}

/** Chooses the exchanges of one service with the emulator to take part in. */
export type Watcher = (request: Omit<GatewayRequest, 'body'>) => Watch | undefined;

/** An error that the SDK turns into an exception named `code`. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number = 400,
    /** Further members of the error shape, e.g. OriginalStatusCode of ModelError. */
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
