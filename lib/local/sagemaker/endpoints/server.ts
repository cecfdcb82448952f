import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '../core';
import { messageOf } from '../errors';
import type { Answer, ContainerRequest } from '../runtime/container-client';
import type { RunningContainer } from '../runtime/launch';
import type { VariantRecord } from './record';

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** No request lasts longer than this, so draining ends. */
export const INVOCATION_TIMEOUT_MS = 60_000;

/** No process answers at the moment. */
export class Unavailable extends Error {}

/** The process behind one variant: started, started again when it crashes, drained before it stops. */
export class VariantServer {
  private container: RunningContainer | undefined;
  private stopped = false;
  private inFlight = 0;
  private readonly closing = new AbortController();
  private onIdle: (() => void) | undefined;

  private constructor(
    private readonly core: Core,
    private readonly endpoint: string,
    readonly variant: Pick<VariantRecord, 'name' | 'container' | 'startupSeconds'>,
  ) {}

  /** Resolves when /ping is good. Rejects with the container's reason. */
  static async start(core: Core, endpoint: string, variant: VariantRecord): Promise<VariantServer> {
    const server = new VariantServer(core, endpoint, variant);
    await server.bringUp();
    return server;
  }

  /** Rejects with Unavailable, ContainerTimeout or the socket's error. */
  async invoke(request: Omit<ContainerRequest, 'timeoutMs'>): Promise<Answer> {
    const container = this.container;
    if (container === undefined) throw new Unavailable(`the container of variant ${this.variant.name} is restarting`);
    this.inFlight++;
    try {
      return await container.invoke({ ...request, timeoutMs: INVOCATION_TIMEOUT_MS });
    } finally {
      this.inFlight--;
      if (this.inFlight === 0) this.onIdle?.();
    }
  }

  /** True if the same process can serve this variant. */
  serves(variant: VariantRecord): boolean {
    const { name, container, startupSeconds } = this.variant;
    return name === variant.name && container.id === variant.container.id && startupSeconds === variant.startupSeconds;
  }

  /** Lets requests in flight finish, then stops the process. The caller has taken it out of the routing before. */
  async drain(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    await this.stop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.closing.abort();
    await this.container?.stop();
  }

  private async bringUp(): Promise<void> {
    const container = await this.core.launch(this.core, this.variant.container, {
      name: `${this.endpoint}-${this.variant.name}`,
      startupSeconds: this.variant.startupSeconds,
    });
    if (this.stopped) {
      await container.stop();
      return;
    }
    this.container = container;
    void container.exited.then(() => this.restart());
  }

  private async restart(): Promise<void> {
    this.container = undefined;
    for (let wait = FIRST_BACKOFF_MS; !this.stopped; wait = Math.min(2 * wait, LONGEST_BACKOFF_MS)) {
      this.core.context.log(
        `endpoint ${this.endpoint}: the container of ${this.variant.name} exited; starting it again`,
      );
      await sleep(wait, undefined, { signal: this.closing.signal }).catch(() => undefined);
      if (this.stopped) return;
      try {
        await this.bringUp();
        return;
      } catch (error) {
        this.core.context.log(`endpoint ${this.endpoint}: ${this.variant.name} did not start: ${messageOf(error)}`);
      }
    }
  }
}
