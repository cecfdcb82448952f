import { Random } from './random';

export const CHURN_COLUMNS = [
  'customer_id',
  'tenure_months',
  'monthly_spend',
  'contract_type',
  'is_enterprise',
  'support_calls',
  'last_login_hour',
  'churned',
] as const;

/** How much each hour of the last login speaks for churn: most at night, least in the middle of the day. */
const HOUR_EFFECT = [
  0.45, 0.5, 0.5, 0.45, 0.35, 0.2, 0.05, -0.1, -0.25, -0.35, -0.4, -0.45, -0.45, -0.4, -0.35, -0.3, -0.25, -0.15, -0.05,
  0.05, 0.1, 0.2, 0.3, 0.4,
] as const;

const CONTRACT_EFFECT = { monthly: 0.75, annual: -0.45, 'multi-year': -1.05 } as const;
type Contract = keyof typeof CONTRACT_EFFECT;

/** Chosen so that about 27 % of the customers churn. */
const THRESHOLD = 1.07;
const MISSING_SPEND = 0.03;

/**
 * Synthetic customers as CSV lines, header first. A customer churns when a sum of effects plus normal noise passes a
 * threshold (a probit model), so a logistic regression finds most of the signal (ROC AUC about 0.83) and never all.
 * The same seed gives the same bytes on every machine.
 *
 * @param first number of the first customer id
 */
export function churnTable(random: Random, first: number, rows: number): string {
  const lines = [CHURN_COLUMNS.join(',')];
  for (let i = 0; i < rows; i++) lines.push(customer(random, first + i));
  return `${lines.join('\n')}\n`;
}

function customer(random: Random, id: number): string {
  const contract = contractType(random.uniform());
  const enterprise = random.uniform() < 0.18;
  const tenure = tenureMonths(random, contract);
  const cents = monthlyCents(random, contract, enterprise);
  const unhappy = random.normal();
  const calls = supportCalls(random, unhappy);
  const hour = loginHour(random);
  const effects =
    CONTRACT_EFFECT[contract] +
    (enterprise ? -0.4 : 0) +
    (24 - tenure) * 0.018 +
    (cents - 6500) * 0.00012 +
    calls * 0.26 +
    (HOUR_EFFECT[hour] ?? 0) +
    random.normal();
  const spend = random.uniform() < MISSING_SPEND ? '' : money(cents);
  const fields = [`C-${String(id).padStart(5, '0')}`, tenure, spend, contract, enterprise, calls, hour];
  return [...fields, effects > THRESHOLD ? 1 : 0].join(',');
}

function contractType(u: number): Contract {
  if (u < 0.55) return 'monthly';
  return u < 0.82 ? 'annual' : 'multi-year';
}

/** 0 to 72; longer contracts have been customers for longer. */
function tenureMonths(random: Random, contract: Contract): number {
  const u = random.uniform();
  if (contract === 'monthly') return Math.floor(u * u * 73);
  return Math.floor((contract === 'annual' ? 0.08 + 0.92 * u : 0.2 + 0.8 * u) * 73);
}

function monthlyCents(random: Random, contract: Contract, enterprise: boolean): number {
  const base = contract === 'monthly' ? 6400 : 5800;
  const cents = base + (enterprise ? 5200 : 0) + Math.round(random.normal() * 1700);
  return cents < 900 ? 900 + random.below(600) : cents;
}

/** Ten chances of a call in the period, likelier for an unhappy customer. */
function supportCalls(random: Random, unhappy: number): number {
  const chance = 0.13 + 0.05 * unhappy;
  let calls = 0;
  for (let i = 0; i < 10; i++) if (random.uniform() < chance) calls += 1;
  return calls;
}

/** Around 14:00 for most, any hour for some. */
function loginHour(random: Random): number {
  if (random.uniform() < 0.35) return random.below(24);
  const hour = Math.floor(14 + 4 * random.normal());
  return ((hour % 24) + 24) % 24;
}

const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** Three quarters of the rows to train with, a quarter held out. */
export function churnDataset(rows: number, seed: number): { readonly train: string; readonly holdout: string } {
  const random = new Random(seed);
  const holdout = Math.floor(rows / 4);
  const train = churnTable(random, 1, rows - holdout);
  return { train, holdout: churnTable(random, rows - holdout + 1, holdout) };
}
