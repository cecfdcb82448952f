/** A refused or failed request. `name` is what the SDK calls it: `ModelError`, `ThrottlingException`, `TimeoutError`, … */
export class EndpointError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    /** HTTP status; absent where there was no answer at all. */
    readonly status?: number,
    /** Status that the model's container gave (ModelError). */
    readonly modelStatus?: number,
    options?: ErrorOptions,
    /** The variant whose model answered so (ModelError), where its log stream says which. */
    readonly variant?: string,
  ) {
    super(message, options);
  }

  /** Whether another attempt may well be answered: throttled, overloaded, or the connection broke. */
  get passing(): boolean {
    if (this.name === 'ModelError') return false;
    return this.status === undefined
      ? this.name !== 'TimeoutError'
      : this.status === 429 || this.status >= 500 || /throttl/i.test(this.name);
  }

  /** One line for a person. */
  get line(): string {
    if (this.name === 'ModelError' && this.modelStatus !== undefined) {
      return `the model answered ${this.modelStatus}: ${this.message}`;
    }
    return `${this.name}: ${this.message}`;
  }
}

type Header = (name: string) => string | undefined;

/** The error of an answer with a status of 300 or more. AWS names it in a header or in the body. */
export function errorOf(status: number, body: Buffer, header: Header): EndpointError {
  const text = body.toString('utf8');
  const fields = parse(text);
  const named = header('x-amzn-errortype') ?? textField(fields, '__type', 'code', 'Code', 'ErrorCode');
  // `prefix#ModelError:http://…`
  const name = named?.split(':')[0]?.split('#').at(-1) ?? (status === 429 ? 'ThrottlingException' : `Http${status}`);
  const message = textField(fields, 'OriginalMessage', 'message', 'Message') ?? text.slice(0, 300);
  const modelStatus = fields?.OriginalStatusCode;
  // Log streams of an endpoint are named `<variant>/<instance>`.
  const variant = /:log-stream:([^/]+)\//.exec(textField(fields, 'LogStreamArn') ?? '')?.[1];
  const known = typeof modelStatus === 'number' ? modelStatus : undefined;
  return new EndpointError(name, message, status, known, undefined, variant);
}

/** Codes of the transport that mean: no answer in time. */
const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** No answer: the connection was refused, broke or timed out. */
export function transportError(error: unknown): EndpointError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const name =
    code !== undefined && TIMEOUTS.has(code)
      ? 'TimeoutError'
      : (code ?? (error instanceof Error ? error.name : 'Error'));
  return new EndpointError(name, error instanceof Error ? error.message : String(error), undefined, undefined, {
    cause: error,
  });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textField(
  fields: Readonly<Record<string, unknown>> | undefined,
  ...names: readonly string[]
): string | undefined {
  for (const name of names) {
    const value = fields?.[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
