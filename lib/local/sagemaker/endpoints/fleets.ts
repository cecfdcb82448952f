import type { Core } from '../core';
import { messageOf } from '../errors';
import type { VariantRecord } from './record';
import { VariantServer } from './server';

export type Fleet = ReadonlyMap<string, VariantServer>;

/** The server processes of all endpoints. A fleet is replaced as a whole, so a request sees the old one or the new one. */
export class Fleets {
  private readonly live = new Map<string, Fleet>();
  private readonly retiring = new Set<Promise<void>>();

  constructor(private readonly core: Core) {}

  get(endpoint: string): Fleet | undefined {
    return this.live.get(endpoint);
  }

  /**
   * Starts what the variants need, reusing processes whose variant did not change, and resolves with the new fleet; nothing
   * serves from it before `swap`. Rejects naming the variant, with everything started here stopped again.
   */
  async prepare(endpoint: string, variants: readonly VariantRecord[]): Promise<Fleet> {
    const current = this.live.get(endpoint);
    const started: VariantServer[] = [];
    const results = await Promise.allSettled(
      variants.map(async (variant) => {
        const running = current?.get(variant.name);
        if (running?.serves(variant)) return [variant.name, running] as const;
        const server = await VariantServer.start(this.core, endpoint, variant).catch((error: Error) => {
          throw new Error(
            `The primary container for production variant ${variant.name} did not pass the ping health check: ${messageOf(error)}`,
            { cause: error },
          );
        });
        started.push(server);
        return [variant.name, server] as const;
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(started.map((server) => server.stop()));
      throw failed.reason;
    }
    return new Map(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
  }

  /** Routes to the new fleet from now on; what it does not use finishes its requests and stops. */
  swap(endpoint: string, fleet: Fleet): void {
    const old = this.live.get(endpoint) ?? new Map();
    this.live.set(endpoint, fleet);
    const kept = new Set(fleet.values());
    for (const server of old.values()) if (!kept.has(server)) this.retire(server.drain());
  }

  async remove(endpoint: string): Promise<void> {
    const fleet = this.live.get(endpoint) ?? new Map<string, VariantServer>();
    this.live.delete(endpoint);
    await Promise.all([...fleet.values()].map((server) => server.drain()));
  }

  async close(): Promise<void> {
    const servers = [...this.live.values()].flatMap((fleet) => [...fleet.values()]);
    this.live.clear();
    await Promise.all([...servers.map((server) => server.stop()), ...this.retiring]);
  }

  private retire(work: Promise<void>): void {
    const tracked = work
      .catch((error) => this.core.context.log(`an old container did not stop: ${messageOf(error)}`))
      .finally(() => this.retiring.delete(tracked));
    this.retiring.add(tracked);
  }
}
