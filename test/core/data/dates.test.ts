import { parseMoment } from '../../../lib/core/data/conditions/moment';
import { strptime, strptimeProblem } from '../../../lib/core/data/conditions/strptime';
import reference from './dates.json';

/** `scripts/reference/dates.py` made the values, with python-dateutil and datetime.strptime. */
test.each(reference.dateutil)('dateutil reads %s as %s', (text, expected) => {
  expect(parseMoment(String(text))?.slice(0, 19) ?? null).toBe(expected);
});

test.each(reference.strptime)('strptime %s reads %s: %s', (format, text, expected) => {
  expect(strptime(String(format))(String(text))).toBe(expected);
});

test('a directive that Python lacks is named', () => {
  expect(strptimeProblem('%D')).toContain("Unable to use provided strftime_format. 'D' is a bad directive");
});
