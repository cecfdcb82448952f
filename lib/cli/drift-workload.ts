import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Gates } from '../config/gates';
import { type DriftGateConfig, driftDefaults } from '../config/gates/drift';
import { loadGates, loadGatesFile } from '../config/load';
import type { Column } from '../core/data/table';
import { UsageError } from '../release/environment';
import { chosenColumns, type DriftFlags, type DriftTask } from './drift';

/** Settings, declared types and the key of a gates.yaml. */
export interface ConfiguredDrift {
  readonly config: DriftGateConfig;
  readonly types: readonly Column[];
  readonly keys: readonly string[];
}

export function driftOf({ dataset, drift }: Gates): ConfiguredDrift {
  return {
    config: drift ?? driftDefaults(),
    types: Object.entries(dataset.columns).map(([name, type]) => ({ name, type })),
    keys: [dataset.key],
  };
}

/** @param file a gates.yaml, whatever it is called */
export const configuredDrift = (file: string): ConfiguredDrift => driftOf(loadGatesFile(file, dirname(file)).gates);

/** The files of a workload's dataset that its `drift` compares. */
export function workloadDrift(workload: string, flags: DriftFlags): DriftTask {
  if (flags.config !== undefined) throw new UsageError('--config and --workload exclude each other');
  if (flags.reference !== undefined || flags.current !== undefined || flags.baseline !== undefined) {
    throw new UsageError('--workload compares the files that gates.yaml names; other files are compared with --config');
  }
  const { gates } = loadGates(workload);
  const { config, types, keys } = driftOf(gates);
  const folder = flags.data === undefined ? resolve(workload, gates.dataset.path) : resolve(flags.data);
  const file = (split: 'train' | 'holdout') => {
    const path = join(folder, gates.dataset[split]);
    if (!existsSync(path)) throw new UsageError(`${path}: there is no such file (dataset.path, dataset.${split})`);
    return { paths: [path], name: gates.dataset[split], types };
  };
  const scan = {
    reference: file(config.reference),
    current: file(config.current),
    ...chosenColumns(flags, config.columns, keys),
  };
  return { config, scan };
}
