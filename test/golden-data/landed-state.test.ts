import { MANIFEST_SCHEMA } from '../../lib/golden-data/contract';
import type { LandedState } from '../../lib/golden-data/landed';
import { landedText, parseLanded } from '../../lib/golden-data/landed';
import {
  accept,
  claim,
  currentVersion,
  landedOf,
  newObjects,
  nothingLanded,
  refuse,
  refusedSince,
} from '../../lib/golden-data/landed-state';

const root = { schema: MANIFEST_SCHEMA, name: 'tiny', version: '1', digest: 'sha256:r', files: [] } as const;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const object = (key: string, second = 0, versionId = 'v') => ({ key, versionId, modifiedAt: new Date(at(second)) });

const claimed = (
  state: LandedState,
  runId: string,
  keys: readonly string[],
  combine: 'append' | 'replace' = 'append',
) => claim(state, { runId, combine, madeAt: at(0), objects: keys.map((key) => object(key)) });

function accepted(state: LandedState, runId: string, keys: readonly string[], combine?: 'append' | 'replace') {
  const next = claimed(state, runId, keys, combine);
  const taken = keys.map((key) => ({ key, versionId: 'v', sha256: 'ff', rows: 1 }));
  const { version } = next.candidate ?? { version: '' };
  return accept(next, { version, digest: `sha256:${version}`, taken, runId, acceptedAt: at(state.last + 1) });
}

test('new is what nobody took or refused, since the root was stored, in landing order', () => {
  let state = accepted(nothingLanded(root), 'r1', ['taken']);
  state = claimed(state, 'r2', ['refused', 'free']);
  const { candidate } = state;
  if (candidate === undefined) throw new Error('no candidate');
  state = refuse(state, candidate, { reason: 'why', refusedAt: at(9), objects: [object('refused')] });
  const listed = [
    object('z', 5),
    object('b', 3),
    object('a', 3),
    object('old', 1),
    object('taken', 5),
    object('refused', 5),
    object('taken', 6, 'w'),
    object('free', 2),
  ];
  const fresh = newObjects(state, listed, new Date(at(2))).map(({ key, versionId }) => `${key} ${versionId}`);
  expect(fresh).toEqual(['free v', 'a v', 'b v', 'z v', 'taken w']);
});

test('numbers are given once, whatever becomes of a version', () => {
  let state = claimed(nothingLanded(root), 'r1', ['a']);
  expect(state.candidate).toMatchObject({ version: '1.landed-1', base: '1', runId: 'r1' });
  state = claimed(state, 'r2', ['a']);
  expect(state.candidate).toMatchObject({ version: '1.landed-2', base: '1', runId: 'r2' });
  state = accepted(state, 'r3', ['a']);
  expect([state.candidate, currentVersion(state)?.version]).toEqual([undefined, '1.landed-3']);
  expect(claimed(state, 'r4', ['b']).candidate).toMatchObject({ version: '1.landed-4', base: '1.landed-3' });
});

test('a version consists of all files back to the root, or to the one that replaced the others', () => {
  let state = accepted(nothingLanded(root), 'r1', ['a']);
  state = accepted(state, 'r2', ['b', 'c']);
  const keys = () => landedOf(state, currentVersion(state)).map(({ key }) => key);
  expect(keys()).toEqual(['a', 'b', 'c']);
  state = accepted(state, 'r3', ['d'], 'replace');
  expect(keys()).toEqual(['d']);
  state = accepted(state, 'r4', ['e']);
  expect(keys()).toEqual(['d', 'e']);
  expect(landedOf(state, undefined)).toEqual([]);
});

test('only the candidate is accepted, and only by the run that made it', () => {
  const state = claimed(nothingLanded(root), 'r1', ['a']);
  const by = (version: string, runId: string) => () =>
    accept(state, { version, digest: 'd', taken: [], runId, acceptedAt: at(1) });
  expect(by('1.landed-1', 'r2')).toThrow(
    'dataset tiny 1.landed-1: run r1 made 1.landed-1 of the landed files meanwhile',
  );
  expect(by('1.landed-2', 'r1')).toThrow('dataset tiny 1.landed-2: run r1 made 1.landed-1');
  expect(by('1.landed-1', 'r1')().versions).toHaveLength(1);
  expect(() =>
    accept(nothingLanded(root), { version: '1.landed-1', digest: 'd', taken: [], runId: 'r1', acceptedAt: at(1) }),
  ).toThrow('is no candidate any more');
});

test('refusing twice notes it once, and leaves the candidate of another run alone', () => {
  const first = claimed(nothingLanded(root), 'r1', ['a']);
  const { candidate } = first;
  if (candidate === undefined) throw new Error('no candidate');
  const refusal = { reason: 'why', refusedAt: at(1) };
  const once = refuse(first, candidate, refusal);
  expect(once).not.toHaveProperty('candidate');
  expect(refuse(once, candidate, refusal).refused).toEqual(once.refused);
  expect(refuse(claimed(first, 'r2', ['b']), candidate, refusal).candidate).toMatchObject({ runId: 'r2' });
});

test('told is what was refused since the current version', () => {
  let state = nothingLanded(root);
  const refusing = (key: string, second: number) => {
    const next = claimed(state, 'r', [key]);
    const { candidate } = next;
    if (candidate === undefined) throw new Error('no candidate');
    state = refuse(next, candidate, { reason: key, refusedAt: at(second) });
  };
  refusing('early', 1);
  expect(refusedSince(state).map(({ key }) => key)).toEqual(['early']);
  state = accepted(state, 'r2', ['b']);
  expect(currentVersion(state)?.acceptedAt).toBe(at(2));
  expect(refusedSince(state)).toEqual([]);
  refusing('late', 3);
  expect(refusedSince(state).map(({ key }) => key)).toEqual(['late']);
});

test('the document is read as it was written, and nothing else is', () => {
  const state = claimed(accepted(nothingLanded(root), 'r1', ['a']), 'r2', ['b']);
  expect(parseLanded(landedText(state), 'landed.json')).toEqual(state);
  expect(() => parseLanded('{', 'landed.json')).toThrow('landed.json: is no JSON');
  const broken = landedText(state).replace('"rows": 1', '"rows": 1.5');
  expect(() => parseLanded(broken, 'landed.json')).toThrow(
    'landed.json: is no assay.landed/1 document: versions.0.taken.0.rows',
  );
});
