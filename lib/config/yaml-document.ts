import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigurationError, type Problem } from './problem';

/** A YAML document that knows where its values stand. */
export class YamlDocument {
  private readonly lines = new LineCounter();
  private readonly document;
  /** The plain value. */
  readonly value: unknown;

  /**
   * @param name file name for messages
   * @throws ConfigurationError for text that is no YAML, duplicate keys included
   */
  constructor(
    readonly name: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    const problems = this.document.errors.map(
      (error): Problem => ({
        where: this.position(error.pos[0]),
        message: `is no valid YAML: ${error.message}`,
      }),
    );
    if (problems.length > 0) throw new ConfigurationError(problems);
    this.value = this.document.toJS();
  }

  find(path: readonly PropertyKey[]): unknown {
    let value: unknown = this.value;
    for (const step of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<PropertyKey, unknown>)[step];
    }
    return value;
  }

  /** `file:line:column` of a value, of its key when asked or when the value is missing of what should hold it. */
  where(path: readonly PropertyKey[], atKey = false): string {
    for (let length = path.length; length > 0; length--) {
      const offset = this.offset(path.slice(0, length), atKey || length < path.length);
      if (offset !== undefined) return this.position(offset);
    }
    return this.position(0);
  }

  private offset(path: readonly PropertyKey[], atKey: boolean): number | undefined {
    const parent = path.length === 1 ? this.document.contents : this.document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    if (atKey && isMap(parent)) {
      const key = parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(last))?.key;
      return isNode(key) ? key.range?.[0] : undefined;
    }
    const node = this.document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  }

  private position(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }
}
