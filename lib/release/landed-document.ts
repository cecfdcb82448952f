import { setTimeout as sleep } from 'node:timers/promises';
import { type GoldenManifest, landedKey } from '../golden-data/contract';
import { GoldenDataError } from '../golden-data/error';
import { type LandedState, landedText, parseLanded } from '../golden-data/landed';
import { nothingLanded } from '../golden-data/landed-state';
import type { ObjectStore } from './objects';

const ATTEMPTS = 20;

/** `datasets/<name>/<root>/landed.json`, which two builds may change at the same time. */
export class LandedDocument {
  private readonly key: string;

  /** @param root manifest of the version that gates.yaml names */
  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string,
    private readonly root: GoldenManifest,
  ) {
    this.key = landedKey(root.name, root.version);
  }

  /** @throws GoldenDataError for another content, or the state of another root */
  async read(): Promise<LandedState> {
    return (await this.find()).state;
  }

  /**
   * Replaces the state by what `change` makes of it; an equal object writes nothing. `change` is asked again when another
   * build was faster.
   *
   * @throws what `change` throws; Error when others change the document all the time
   */
  async change(change: (state: LandedState) => LandedState): Promise<LandedState> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { state, tag } = await this.find();
      const next = change(state);
      if (next === state) return state;
      const text = landedText(next);
      if (await this.store.writeIfUnchanged(this.bucket, this.key, text, 'application/json', tag)) return next;
      await sleep(20 + Math.random() * 80);
    }
    throw new Error(`s3://${this.bucket}/${this.key}: was changed by others ${ATTEMPTS} times in a row`);
  }

  private async find(): Promise<{ readonly state: LandedState; readonly tag?: string }> {
    const found = await this.store.readTagged(this.bucket, this.key);
    if (found === undefined) return { state: nothingLanded(this.root) };
    const where = `s3://${this.bucket}/${this.key}`;
    const state = parseLanded(found.text, where);
    const { name, version, digest } = this.root;
    if (state.name !== name || state.root.version !== version || state.root.digest !== digest) {
      const other = `${state.name} ${state.root.version} ${state.root.digest}`;
      throw new GoldenDataError(`${where}: belongs to dataset ${other}, not to ${name} ${version} ${digest}`);
    }
    return { state, tag: found.tag };
  }
}
