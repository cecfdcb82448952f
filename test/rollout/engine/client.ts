import { AwsError } from '../../../lib/local/gateway/service';
import { ENDPOINT, type TestSageMaker } from './sagemaker';

interface Answered {
  /** Of HTTP; 0 when there was no answer at all. */
  readonly status: number;
  readonly variant: string;
}

/** A client of production that knows nothing of rollouts. */
export class Client {
  readonly requests: Answered[] = [];

  constructor(private readonly sagemaker: TestSageMaker) {}

  /** Two requests; before there is an endpoint there is no client. */
  async send(): Promise<void> {
    const status = this.sagemaker.endpoint()?.status;
    if (status !== 'InService' && status !== 'Updating') return;
    for (let i = 0; i < 2; i += 1) this.requests.push(await this.request());
  }

  /** Requests that went wrong. @param except a variant that may fail, because it is the one on trial */
  failed(except?: 'green'): readonly Answered[] {
    return this.requests.filter(({ status, variant }) => status !== 200 && variant !== except);
  }

  private async request(): Promise<Answered> {
    try {
      const { status, headers } = await this.sagemaker.answer({
        method: 'POST',
        path: `/endpoints/${ENDPOINT}/invocations`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"instances":[{"x":0.5}]}'),
      });
      return { status, variant: headers['x-amzn-invoked-production-variant'] ?? '' };
    } catch (error) {
      const status = error instanceof AwsError ? error.status : 0;
      return { status, variant: /"?(blue|green)/.exec(String(error))?.[1] ?? '' };
    }
  }
}
