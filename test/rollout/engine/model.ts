import type { ContainerRequest } from '../../../lib/local/sagemaker/runtime/container-client';
import type { RunningContainer } from '../../../lib/local/sagemaker/runtime/launch';
import type { Minute } from './surroundings';

/** How a release behaves behind the endpoint. */
export interface Behaviour {
  readonly answer?: (row: Readonly<Record<string, unknown>>) => unknown;
  /** Every request ends in an error of the model. */
  readonly fails?: boolean;
  /** Its container never answers /ping. */
  readonly starts?: boolean;
  /** What CloudWatch shows of it; null shows no data. */
  readonly minute?: Minute | null;
}

export const HEALTHY: Minute = { requests: 200, errors: 0, slow: 0 };

/** The golden rows' own `x` is what a good model answers. */
const good = (row: Readonly<Record<string, unknown>>): unknown => ({ score: row.x });

/** A serving container without a process; it looks its behaviour up at each request. */
export function container(behaviour: () => Behaviour): RunningContainer {
  let gone = (): void => undefined;
  const exited = new Promise<void>((resolve) => {
    gone = resolve;
  });
  return {
    exited,
    stop: async () => gone(),
    invoke: async ({ body }: ContainerRequest) => {
      const { fails = false, answer = good } = behaviour();
      const { instances } = JSON.parse(body.toString()) as { instances: Record<string, unknown>[] };
      const text = fails ? 'KeyError: tenure' : JSON.stringify({ predictions: instances.map(answer) });
      return { status: fails ? 500 : 200, contentType: 'application/json', body: Buffer.from(text) };
    },
  };
}
