/** Undoes steps in reverse order; every step is undone even if another one cannot be. */
export class Closers {
  private readonly steps: { readonly name: string; readonly close: () => unknown }[] = [];

  add(name: string, close: () => unknown): void {
    this.steps.push({ name, close });
  }

  /** Closes because of a failure, and throws it: what cannot be undone either never hides why everything is undone. */
  async closeAfter(failure: unknown): Promise<never> {
    await this.close().catch(() => undefined);
    throw failure;
  }

  /** @throws AggregateError with what could not be undone */
  async close(): Promise<void> {
    const failures: Error[] = [];
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        failures.push(
          new Error(`${step.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }),
        );
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `The engine did not stop cleanly: ${failures.map((f) => f.message).join('; ')}`,
      );
    }
  }
}
