import { stringify } from 'yaml';

/** Python reads YAML 1.1, where an unquoted Yes is true: what this file quotes means the same to both. */
const YAML_1_1 = { version: '1.1', lineWidth: 0 } as const;

export const block = (value: object): string => stringify(value, YAML_1_1);

/** A value on one line. */
export const flow = (value: unknown): string => stringify(value, { ...YAML_1_1, collectionStyle: 'flow' }).trim();

export const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
