import { ActionFailed } from './action';
import type { ConditionDefinition, RuleDefinition } from './definition';
import { type Namespaces, resolveText } from './variables';

/** Why a condition does not hold, or undefined if all its rules pass. An unresolved variable never passes. */
export function brokenRule(condition: ConditionDefinition, namespaces: Namespaces): string | undefined {
  for (const rule of condition.rules) {
    try {
      const found = resolveText(`Rule ${rule.name}`, rule.variable, namespaces);
      const expected = resolveText(`Rule ${rule.name}`, rule.value, namespaces);
      if (!holds(rule, found, expected)) return `rule ${rule.name}: "${found}" is not ${rule.operator} "${expected}"`;
    } catch (error) {
      if (error instanceof ActionFailed) return error.message;
      return `rule ${rule.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

function holds({ operator }: RuleDefinition, found: string, expected: string): boolean {
  switch (operator) {
    case 'EQ':
      return found === expected;
    case 'NE':
      return found !== expected;
    case 'CONTAINS':
      return found.includes(expected);
    case 'MATCHES':
      return new RegExp(`^(?:${expected})$`).test(found);
  }
}
