import { gatesSchema } from '../../../lib/config/gates';
import { Join } from '../../../lib/core/feedback/join';
import type { JoinedRow } from '../../../lib/core/feedback/joined-row';

const gates = gatesSchema.parse({
  version: 1,
  dataset: { name: 'd', version: '1', key: 'id', label: 'y', columns: { id: 'string', plan: 'string', y: 'integer' } },
  model: {
    metrics: { roc_auc: { min: 0.5 } },
    slices: [{ column: 'plan', metrics: { roc_auc: { min: 0.5 } } }],
  },
});

const label = (inferenceId: string, text: string, row = 0, day = 20) => ({
  inferenceId,
  row,
  label: text,
  takenAt: `2026-11-${day}T06:00:00.000Z`,
});

const answer = (inferenceId: string | undefined, hour: number, ...scores: number[]) => ({
  inferenceId,
  at: `2026-11-19T${String(hour).padStart(2, '0')}:00:00.000Z`,
  rows: scores.map((score, i) => ({ features: { plan: i === 0 ? 'annual' : '' }, scores: [score] })),
});

function joined(...known: JoinedRow[]): Join {
  const join = new Join();
  join.addRelease('6', gates, []);
  join.addRelease('7', gates, known);
  return join;
}

describe('labels and predictions', () => {
  it('meet by inference id and row', () => {
    const join = joined();
    for (const each of [label('a', '1', 1), label('b', '0'), label('c', '1'), label('a', '1', 9)]) join.addLabel(each);
    join.addAnswer('7', answer('a', 1, 0.1, 0.2, 0.3));
    join.addAnswer('6', answer('b', 2, 0.4));
    join.addAnswer('7', answer(undefined, 3, 0.5));
    join.addAnswer('8', answer('c', 3, 0.5));
    expect(join.rows('7')).toEqual([
      {
        inferenceId: 'a',
        row: 1,
        predictedAt: '2026-11-19T01:00:00.000Z',
        labelledAt: '2026-11-20T06:00:00.000Z',
        label: '1',
        scores: [0.2],
        columns: { plan: null },
      },
    ]);
    expect(join.rows('6')).toHaveLength(1);
    expect(join.unmatched().map(({ inferenceId, row }) => [inferenceId, row])).toEqual([
      ['c', 0],
      ['a', 9],
    ]);
    expect(join.tally('7')).toMatchObject({ predictions: 4, withoutId: 1, scores: { count: 4, mean: 0.275 } });
    expect(join.tally('9')).toMatchObject({ predictions: 0 });
  });

  it('take the latest label, also of what was joined before', () => {
    const join = joined();
    join.addLabel(label('a', '1'));
    join.addLabel(label('a', '0', 0, 21));
    join.addAnswer('7', answer('a', 1, 0.1));
    expect(join.rows('7')).toMatchObject([{ label: '0', labelledAt: '2026-11-21T06:00:00.000Z' }]);
    const later = joined(...join.rows('7'));
    later.addLabel(label('a', '0', 0, 22));
    expect(later.rows('7')).toEqual(join.rows('7'));
    later.addLabel(label('a', '1', 0, 23));
    expect(later.rows('7')).toMatchObject([{ label: '1', labelledAt: '2026-11-23T06:00:00.000Z', scores: [0.1] }]);
    expect(later.unmatched()).toEqual([]);
  });

  it('take the latest answer of an id that came twice, whatever release gave it and in whatever order', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const join = joined();
      join.addLabel(label('a', '1'));
      const answers = [['6', answer('a', 1, 0.1)] as const, ['7', answer('a', 5, 0.9)] as const];
      for (const at of order) {
        const [release, given] = answers[at] ?? ['', answer('a', 0)];
        join.addAnswer(release, given);
      }
      expect(join.rows('6')).toEqual([]);
      expect(join.rows('7')).toMatchObject([{ scores: [0.9] }]);
      expect(join.tally('6').repeatedIds + join.tally('7').repeatedIds).toBe(1);
    }
  });
});
