import { ConditionError, type Token, tokens } from './tokens';

/** Goes through the tokens of a condition from left to right; what a condition means is up to its parser. */
export abstract class TokenReader {
  private readonly list: readonly Token[];
  private at = 0;

  /** @throws ConditionError for a character that no condition has */
  constructor(protected readonly text: string) {
    this.list = tokens(text);
  }

  /** What is wrong with a token, where something else is expected. */
  protected abstract problem(token: Token, wanted: string): string;

  protected get token(): Token {
    return this.list[this.at] ?? { kind: 'end', value: 'the end', at: this.text.length + 1 };
  }

  protected next(): void {
    this.at += 1;
  }

  protected refuse(wanted: string): never {
    throw new ConditionError(this.problem(this.token, wanted));
  }

  /** Moves on when the token is one of these signs or words. */
  protected take(...values: readonly string[]): string | undefined {
    const { kind, value } = this.token;
    const found = kind === 'sign' || kind === 'name' ? values.find((one) => one === value.toLowerCase()) : undefined;
    if (found !== undefined) this.next();
    return found;
  }

  protected need(value: string): void {
    if (this.take(value) === undefined) this.refuse(`"${value}"`);
  }
}
