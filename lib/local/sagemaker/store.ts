import type { StateStore } from '../engine/ports';

/** Records by name, in order of creation, that survive the engine: every change is written before the call returns. */
export class Table<T> {
  private readonly rows: Map<string, T>;

  constructor(
    private readonly state: StateStore,
    private readonly document: string,
  ) {
    this.rows = new Map(state.read<[string, T][]>(document) ?? []);
  }

  get(key: string): T | undefined {
    return this.rows.get(key);
  }

  put(key: string, row: T): T {
    this.rows.set(key, row);
    this.save();
    return row;
  }

  delete(key: string): void {
    if (this.rows.delete(key)) this.save();
  }

  values(): readonly T[] {
    return [...this.rows.values()];
  }

  private save(): void {
    this.state.write(this.document, [...this.rows]);
  }
}
