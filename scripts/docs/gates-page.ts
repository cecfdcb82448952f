import type { ArgumentSpecs } from '../../lib/core/data/arguments';
import { CATALOG } from '../../lib/core/data/expectations';
import { DRIFT_STATISTICS, type DriftStatistic } from '../../lib/core/drift';
import { METRICS, type MetricDefinition } from '../../lib/core/model/metrics';
import { EXAMPLES, metricExample } from './examples';
import { EXPECTATION_FAMILIES } from './expectation-words';
import { facts, table, yaml } from './markdown';
import { CANARY, FAIRNESS, METHODS, readMethod } from './methods';
import * as prose from './prose';
import { settingsOf } from './settings';
import { SETTING_WORDS } from './words';

/** `docs/gates.md`: every gate with formula, source, defaults and an example, from the definitions that the gates use. */
export function gatesPage(): string {
  const parts = [
    prose.INTRODUCTION,
    ...[prose.DATA, ...Object.keys(EXPECTATION_FAMILIES).map(family)],
    ...[prose.DRIFT, yaml(EXAMPLES.drift.yaml), ...DRIFT_STATISTICS.map(driftStatistic), settings('drift')],
    ...[prose.MODEL, '### Metrics', prose.METRICS, ...[...METRICS.values()].map(metric)],
    ...['### Slices', prose.SLICES, yaml(EXAMPLES.slices.yaml)],
    ...['### Fairness', prose.FAIRNESS, sentences(FAIRNESS), yaml(EXAMPLES.fairness.yaml)],
    ...['### Promotion', prose.PROMOTION, yaml(EXAMPLES.promotion.yaml), prose.RELATIVE, yaml(EXAMPLES.relative.yaml)],
    ...['### Sanity', prose.SANITY, yaml(EXAMPLES.sanity.yaml)],
    ...['### Intervals and tests', ...METHODS.map(methodSection)],
    settings('model'),
    ...[
      prose.BEHAVIOUR,
      '### Minimum functionality',
      prose.MINIMUM_FUNCTIONALITY,
      yaml(EXAMPLES.minimumFunctionality.yaml),
    ],
    ...['### Invariance', prose.INVARIANCE, yaml(EXAMPLES.invariance.yaml)],
    ...['### Directional', prose.DIRECTIONAL, yaml(EXAMPLES.directional.yaml)],
    ...['### Perturbations', prose.PERTURBATIONS, yaml(EXAMPLES.perturbations.yaml), settings('behaviour')],
    ...[prose.SERVING, yaml(EXAMPLES.serving.yaml), settings('serving')],
    ...[prose.CANARY, ...CANARY.map(sentences), yaml(EXAMPLES.canary.yaml), settings('canary')],
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function family(title: string): string {
  const entries = Object.entries(EXPECTATION_FAMILIES[title] ?? {});
  const rows = entries.map(([type, { asks }]) => [
    `\`${type}\``,
    asks,
    argumentsOf(CATALOG.get(type)?.arguments ?? {}),
  ]);
  const examples = entries.map(([type, words]) => `    - ${type}: ${words.example}`);
  return [
    `### ${title}`,
    table(['Expectation', 'What must hold', 'Arguments (bold: needed)'], rows),
    yaml(['data:', '  expectations:', ...examples].join('\n')),
  ].join('\n\n');
}

function argumentsOf(specs: ArgumentSpecs): string {
  return Object.entries(specs)
    .map(([name, { kind, required }]) => {
      const shown = required === true ? `**\`${name}\`**` : `\`${name}\``;
      return typeof kind === 'string' ? shown : `${shown} (${kind.join(', ')})`;
    })
    .join(', ');
}

function driftStatistic(statistic: DriftStatistic): string {
  return [
    `### ${statistic.title} (\`${statistic.name}\`)`,
    facts([
      ['Columns', statistic.columns.join(', ')],
      ['Formula', statistic.formula],
      ['Without drift', statistic.nullDistribution],
      ['Source', statistic.source],
      ['Defaults', statistic.defaults],
    ]),
    yaml(statistic.example),
  ].join('\n\n');
}

function metric(definition: MetricDefinition): string {
  const { name, title, summary, tasks, better, range, formula, undefinedWhen, interval, parameters } = definition;
  const [low, high] = range.map((end) => (Number.isFinite(end) ? String(end) : end > 0 ? '∞' : '−∞'));
  return [
    `#### ${title} (\`${name}\`)`,
    summary,
    facts([
      ['Formula', formula],
      ['Tasks', tasks.join(', ')],
      ['Range', `${low} to ${high}, ${better} is better`],
      ['Interval', prose.INTERVAL_WORDS[interval]],
      ['Parameters', parameters.map((parameter) => `\`${parameter}\``).join(', ')],
      ['Undefined', undefinedWhen],
      ['Source', definition.source],
    ]),
    yaml(metricExample(name).yaml),
  ].join('\n\n');
}

function methodSection(method: (typeof METHODS)[number]): string {
  const { words, source: from } = readMethod(method);
  return [`#### ${method.title}`, words, source(from)].filter((part) => part !== '').join('\n\n');
}

function sentences(method: (typeof METHODS)[number]): string {
  const { words, source: from } = readMethod(method);
  return [words, source(from)].filter((part) => part !== '').join(' ');
}

const source = (text: string | undefined): string => (text === undefined ? '' : `Source: ${text}`);

function settings(part: string): string {
  const rows = settingsOf(part).map(({ path, allowed, standard }) => [
    `\`${path}\``,
    SETTING_WORDS[path] ?? '',
    allowed,
    standard === undefined ? '' : `\`${standard}\``,
  ]);
  return ['### Settings', table(['Setting', 'Meaning', 'Allowed', 'Default'], rows)].join('\n\n');
}
