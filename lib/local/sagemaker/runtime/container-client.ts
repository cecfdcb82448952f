import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface ContainerRequest {
  readonly body: Buffer;
  readonly contentType?: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly inferenceId?: string;
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly customAttributes?: string;
  readonly body: Buffer;
}

/** The container did not answer within the limit. */
export class ContainerTimeout extends Error {}

/** HTTP to one container, over kept-alive connections. */
export class ContainerClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 64 });

  constructor(private readonly port: number) {}

  /** True on 200 within 2 s. */
  async ping(): Promise<boolean> {
    const answer = await this.send('GET', '/ping', {}, Buffer.alloc(0), 2000).catch(() => undefined);
    return answer?.status === 200;
  }

  /** Rejects with ContainerTimeout, or with the socket's error. */
  async invoke(sent: ContainerRequest): Promise<Answer> {
    const headers = {
      ...(sent.contentType !== undefined && { 'Content-Type': sent.contentType }),
      ...(sent.accept !== undefined && { Accept: sent.accept }),
      ...(sent.customAttributes !== undefined && { 'X-Amzn-SageMaker-Custom-Attributes': sent.customAttributes }),
      ...(sent.inferenceId !== undefined && { 'X-Amzn-SageMaker-Inference-Id': sent.inferenceId }),
    };
    const {
      status,
      headers: answered,
      body,
    } = await this.send('POST', '/invocations', headers, sent.body, sent.timeoutMs);
    const attributes = answered['x-amzn-sagemaker-custom-attributes'];
    return {
      status,
      body,
      contentType: answered['content-type'] ?? 'application/json',
      ...(typeof attributes === 'string' && { customAttributes: attributes }),
    };
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    timeoutMs: number,
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        agent: this.agent,
        headers: { ...headers, 'Content-Length': body.length },
      });
      let answered = false;
      const timer = setTimeout(
        () => sent.destroy(new ContainerTimeout(`no answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      const fail = (error: NodeJS.ErrnoException): void => {
        clearTimeout(timer);
        // An idle connection that the server closed just now never carried this request: ask again on a new one.
        const stale = !answered && sent.reusedSocket && error.code === 'ECONNRESET';
        if (stale) this.send(method, path, headers, body, timeoutMs).then(resolve, reject);
        else reject(error);
      };
      sent.once('error', fail);
      sent.once('response', (answer) => {
        answered = true;
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', fail);
        answer.once('end', () => {
          clearTimeout(timer);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
        });
      });
      sent.end(body);
    });
  }
}
