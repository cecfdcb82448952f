import { isObject, type Json } from '../engine/json';
import type { ResolvedResource } from '../engine/ports';

/** Reads the resolved properties of one resource; every error names stack, logical id, type and property. */
export class Properties {
  constructor(private readonly resource: ResolvedResource) {}

  /** Refuses every property outside `known` by name: ignoring one could change what the resource does. */
  only(known: readonly string[]): this {
    const unknown = Object.keys(this.resource.properties).filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw this.error(
        `the one-machine engine does not support ${unknown.join(', ')}; it supports ${[...known].sort().join(', ')}`,
      );
    }
    return this;
  }

  text(name: string): string | undefined {
    const value = this.resource.properties[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.error(`${name} must be a text; found ${JSON.stringify(value)}`);
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.error(`${name} is missing`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (value.trim() === '' || Number.isNaN(number)) throw this.error(`${name} must be a number; found ${value}`);
    return number;
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined || value === 'true' || value === 'false')
      return value === undefined ? undefined : value === 'true';
    throw this.error(`${name} must be true or false; found ${value}`);
  }

  list(name: string): readonly unknown[] {
    const value = this.resource.properties[name] ?? [];
    if (Array.isArray(value)) return value;
    throw this.error(`${name} must be a list; found ${JSON.stringify(value)}`);
  }

  texts(name: string): string[] {
    return this.list(name).map(String);
  }

  object(name: string): Json | undefined {
    const value = this.resource.properties[name];
    if (value === undefined || isObject(value)) return value;
    throw this.error(`${name} must be an object; found ${JSON.stringify(value)}`);
  }

  /** A policy or another document, which templates give as object or as text. */
  document(name: string): string | undefined {
    const value = this.resource.properties[name];
    return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** Tags as the list of `{Key, Value}` that most services take. */
  tags(): { Key: string; Value: string }[] {
    return this.list('Tags').flatMap((tag) =>
      isObject(tag) ? [{ Key: String(tag.Key), Value: String(tag.Value) }] : [],
    );
  }

  error(problem: string): Error {
    const { stack, logicalId, type } = this.resource;
    return new Error(`${stack}/${logicalId} (${type}): ${problem}.`);
  }
}

/** The object without members that are undefined, as `exactOptionalPropertyTypes` wants it. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
