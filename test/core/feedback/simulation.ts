import { type Floor, judgeFloor } from '../../../lib/core/feedback/floor';
import { AT_REST, levelOfLook, watch } from '../../../lib/core/feedback/looks';
import { type MetricName, metricNamed } from '../../../lib/core/model/metrics/index';
import { createRandom, drawNormal } from '../../../lib/core/statistics';
import { normalCdf } from '../../../lib/core/statistics/normal';

export interface Release {
  readonly metric: MetricName;
  /** Labelled predictions that come every day. */
  readonly perDay: number;
  /** Share of positives. */
  readonly prevalence: number;
  /** True value of the metric minus the bound, towards worse; 0: exactly at the floor. @default 0 */
  readonly beyond?: number;
  /** @default 30 */
  readonly days?: number;
  readonly minRows?: number;
}

export interface Frequencies {
  readonly truth: number;
  /** Shares of releases with an alarm after one look, and after two looks in a row. */
  readonly once: number;
  readonly twice: number;
  /** Shares of releases of which the daily 95 % interval ever lay outside the bound: what a fixed level would do. */
  readonly fixed: number;
}

/** Distance of the classes in standard deviations of the latent score. */
const APART = 1.2;

/** Calibrated score of a latent value: P(positive | x) for normal classes of variance 1. */
const scoreOf = (x: number, prevalence: number): number =>
  1 / (1 + Math.exp(-(APART * (x - APART / 2) + Math.log(prevalence / (1 - prevalence)))));

/** Value of the metric in the population, by integration over the latent score. */
export function truthOf(metric: MetricName, prevalence: number): number {
  if (metric === 'roc_auc') return normalCdf(APART / Math.SQRT2);
  const step = 1e-3;
  const sums = { brier: 0, log_loss: 0, accuracy: 0, recall: 0, hits: 0, predicted: 0 };
  const density = (x: number): number => (Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI)) * step;
  for (let x = -8; x < 10; x += step) {
    const score = scoreOf(x, prevalence);
    const positives = prevalence * density(x - APART);
    const negatives = (1 - prevalence) * density(x);
    const predicted = score >= 0.5;
    sums.brier += positives * (1 - score) ** 2 + negatives * score ** 2;
    sums.log_loss -= positives * Math.log(score) + negatives * Math.log(1 - score);
    sums.accuracy += predicted ? positives : negatives;
    if (predicted) {
      sums.recall += positives / prevalence;
      sums.hits += positives;
      sums.predicted += positives + negatives;
    }
  }
  const { hits, predicted, ...values } = sums;
  const known = { ...values, precision: hits / predicted, f1: (2 * hits) / (predicted + prevalence) };
  const found = known[metric as keyof typeof known];
  if (found === undefined) throw new RangeError(`the truth of ${metric} is not known here`);
  return found;
}

/** What happened to one release. */
interface Ever {
  once: boolean;
  twice: boolean;
  fixed: boolean;
}

interface Truth extends Release {
  readonly truth: number;
  readonly alpha: number;
  readonly random: () => number;
}

/**
 * Releases that lie exactly at their floor and are looked at every day on all labels so far: how many ever raise an alarm.
 *
 * @param alpha what each release may spend
 */
export function simulate(release: Release, releases: number, seed: number, alpha = 0.05): Frequencies {
  const truth = truthOf(release.metric, release.prevalence);
  const random = createRandom(seed);
  const lives = Array.from({ length: releases }, () => live({ ...release, truth, alpha, random }));
  const share = (kind: keyof Ever): number => lives.filter((ever) => ever[kind]).length / releases;
  return { truth, once: share('once'), twice: share('twice'), fixed: share('fixed') };
}

function live({ metric, perDay, prevalence, truth, alpha, random, ...release }: Truth): Ever {
  const definition = metricNamed(metric);
  const lower = definition.better === 'lower';
  const edge = truth + (release.beyond ?? 0) * (lower ? -1 : 1);
  const bounds = { ...(lower ? { max: edge } : { min: edge }), decide: 'point', confidence: 0.95 } as const;
  const [labels, scores]: [number[], number[]] = [[], []];
  const ever: Ever = { once: false, twice: false, fixed: false };
  let [first, second, look] = [AT_REST, AT_REST, 0];
  for (let day = 0; day < (release.days ?? 30); day += 1) {
    for (let row = 0; row < perDay; row += 1) {
      const label = random() < prevalence ? 1 : 0;
      labels.push(label);
      scores.push(scoreOf(drawNormal(random) + label * APART, prevalence));
    }
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (labels.length < (release.minRows ?? 200) || Math.min(positives, labels.length - positives) < 10) continue;
    look += 1;
    const predictions = { columns: [Float64Array.from(scores)] };
    const input = { labels: Float64Array.from(labels), predictions };
    const floor: Floor = { id: metric, subject: metric, metric: definition, bounds, input, rows: labels.length };
    const { finding, evidence } = judgeFloor(floor, { number: look, level: levelOfLook(alpha, look) }, { seed: 1 });
    const [low, high] = evidence.interval ?? [Number.NaN, Number.NaN];
    ever.fixed ||= lower ? low > edge : high < edge;
    const after = [watch(first, finding, 1), watch(second, finding, 2)] as const;
    [first, second] = [after[0].watch, after[1].watch];
    ever.once ||= after[0].raise;
    ever.twice ||= after[1].raise;
  }
  return ever;
}
