import { ActionFailed } from './action';

/** Values by namespace. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

const REFERENCE = /#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}/g;
/** CodePipeline's limit on an action's resolved configuration. */
const RESOLVED_LIMIT = 100 * 1024;

/** Replaces `#{namespace.key}` in every value. Throws ActionFailed naming the first reference without a value. */
export function resolveConfiguration(
  action: string,
  configuration: Readonly<Record<string, string>>,
  namespaces: Namespaces,
): Record<string, string> {
  const resolved = Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [
      key,
      resolveText(`Action ${action}, ${key}`, value, namespaces),
    ]),
  );
  const size = Buffer.byteLength(JSON.stringify(resolved));
  if (size <= RESOLVED_LIMIT) return resolved;
  throw new ActionFailed(
    'ConfigurationError',
    `Action ${action}: its resolved configuration has ${size} bytes; CodePipeline allows ${RESOLVED_LIMIT}.`,
  );
}

export function resolveText(where: string, text: string, namespaces: Namespaces): string {
  return text.replace(REFERENCE, (reference, namespace: string, key: string) => {
    const value = namespaces.get(namespace)?.[key];
    if (value !== undefined) return value;
    const keys = namespaces.get(namespace);
    const known =
      keys === undefined
        ? `namespaces: ${[...namespaces.keys()].join(', ')}`
        : `keys of ${namespace}: ${Object.keys(keys).join(', ') || 'none'}`;
    throw new ActionFailed('ConfigurationError', `${where}: the variable ${reference} has no value (known ${known}).`);
  });
}
