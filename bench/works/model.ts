import { join } from 'node:path';
import { challengerFile, championFile } from '../data/tables';
import type { Scale } from '../options';
import { CLI, PROJECT, PYTHON, rival } from '../paths';
import type { Contender, Figures, Row } from '../types';
import { count } from './data';

/** Two-sided 95 % of a normal distribution: intervals of the paired DeLong test are this many standard errors wide. */
const Z95 = 1.959963984540054;

interface Evidence {
  readonly estimate?: number;
  readonly interval?: readonly [number, number];
  readonly n?: number;
  readonly pValue?: number;
  readonly challenger?: number;
  readonly champion?: number;
  readonly slices?: readonly { readonly value: string; readonly estimate: number }[];
}

function ofReport(stdout: string): Figures {
  const { checks } = JSON.parse(stdout) as { checks: readonly { id: string; evidence?: Evidence }[] };
  const evidence = (id: string): Evidence => checks.find((check) => check.id === id)?.evidence ?? {};
  const promotion = evidence('promotion.roc_auc');
  const [low = Number.NaN, high = Number.NaN] = promotion.interval ?? [];
  const found: Readonly<Record<string, number | undefined>> = {
    rows: promotion.n,
    auc_difference: promotion.estimate,
    deviation: (high - low) / 2 / Z95,
    p_value: promotion.pValue,
    auc_challenger: promotion.challenger,
    auc_champion: promotion.champion,
    ...Object.fromEntries(METRICS.slice(1).map((name) => [name, evidence(`metrics.${name}`).estimate])),
    ...Object.fromEntries(
      (evidence('slices.region.roc_auc').slices ?? []).map(({ value, estimate }) => [`auc_${value}`, estimate]),
    ),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** Replicates that the gate draws; the rival draws fewer and is scaled, as it would take ten minutes. */
const REPLICATES = 1_000;
const RIVAL_REPLICATES = 20;

/** The model gate beside scikit-learn and a vectorised NumPy DeLong. */
export function modelRows({ rows }: Scale): readonly Row[] {
  return [
    {
      id: 'model.sklearn',
      section: 'model',
      work: `model gate, two models, ${count(rows.large)} rows: AUC with paired DeLong, Brier, log loss, accuracy, F1, 10 slices`,
      beside: 'scikit-learn and vectorised NumPy DeLong',
      ours: modelGate(rows.large),
      theirs: { name: 'scikit-learn', argv: python('model.py', rows.large), figures: flat },
      measure: 'time',
      goal: 0.05,
    },
  ];
}

export function bootstrapRows({ rows }: Scale): readonly Row[] {
  return [
    {
      id: 'bootstrap.sklearn',
      section: 'bootstrap',
      work: `paired bootstrap of the AUC difference, 1,000 replicates, ${count(rows.small)} rows`,
      beside: `resample and roc_auc_score (${RIVAL_REPLICATES} replicates, scaled)`,
      ours: modelGate(rows.small, ['--config', join(PROJECT, 'bench', 'data', 'bootstrap.yaml')]),
      theirs: {
        name: 'resample and roc_auc_score',
        argv: python('bootstrap.py', rows.small, String(RIVAL_REPLICATES)),
        figures: (stdout) => without(flat(stdout), 'seconds'),
        scale: (ms, stdout) => ms + (REPLICATES / RIVAL_REPLICATES - 1) * 1000 * (flat(stdout).seconds ?? Number.NaN),
      },
      measure: 'time',
      goal: 0.02,
      // A standard deviation of 20 replicates is itself known to 16 % alone.
      tolerance: { deviation: 0.6 },
    },
  ];
}

/** Metrics beside ROC AUC, which promotion compares. */
const METRICS = ['roc_auc', 'brier', 'log_loss', 'accuracy', 'f1'];
const ASKED = [
  '--key',
  'key',
  '--label',
  'label',
  ...METRICS.flatMap((name) => ['--metric', name]),
  '--slice',
  'region',
];

export function modelGate(rows: number, asked: readonly string[] = ASKED): Contender {
  const files = ['--predictions', challengerFile(rows).path, '--champion', championFile(rows).path];
  return {
    name: 'assay gate model',
    argv: [process.execPath, CLI, 'gate', 'model', ...files, ...asked, '--json'],
    figures: ofReport,
  };
}

function python(script: string, rows: number, ...options: readonly string[]): readonly string[] {
  return [PYTHON, rival(script), challengerFile(rows).path, championFile(rows).path, ...options];
}

const flat = (stdout: string): Figures => JSON.parse(stdout) as Figures;

function without(figures: Figures, name: string): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([key]) => key !== name));
}
