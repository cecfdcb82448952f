import type { StateStore } from '../../../lib/local/engine/ports';

/** What the engine's services keep, in memory: it can be copied, and a copy started from. */
export class MemoryState implements StateStore {
  constructor(private readonly documents: Map<string, string> = new Map()) {}

  read<T>(name: string): T | undefined {
    const text = this.documents.get(name);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  write<T>(name: string, value: T): void {
    this.documents.set(name, JSON.stringify(value));
  }

  copy(): MemoryState {
    return new MemoryState(new Map(this.documents));
  }
}
