import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { REPORT_SCHEMA, renderHtml, renderJunit, renderRunHtml } from '../../../lib/core/report';
import { CHECKS, HOSTILE, REPORT, RUN } from './samples';

const PYTHON = join(__dirname, '../../../.venv/bin/python');

/** Parses with Python's expat, which refuses what is not well-formed, and lists what a report group would read. */
function parseJunit(xml: string): { suite: Record<string, string>; cases: [string, string | null, string | null][] } {
  const script = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
suite = root.find('testsuite')
cases = [[c.get('name'), f.get('type') if f is not None else None, f.get('message') if f is not None else None]
         for c in suite.findall('testcase') for f in [c.find('failure')]]
print(json.dumps({'suite': suite.attrib, 'cases': cases}))`;
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', script], {
    input: xml,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Tags that a strict HTML tokenizer sees, with unbalanced ones reported. */
function htmlTags(html: string): { tags: string[]; unbalanced: string[]; attributes: string[] } {
  const script = `
import json, sys
from html.parser import HTMLParser
VOID = {'meta', 'link', 'br', 'img', 'input', 'path', 'circle', 'rect'}
class Tags(HTMLParser):
    def __init__(self):
        super().__init__(); self.tags = []; self.open = []; self.bad = []; self.attributes = []
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag); self.attributes += [name for name, _ in attrs]
        if tag not in VOID: self.open.append(tag)
    def handle_startendtag(self, tag, attrs): self.tags.append(tag); self.attributes += [name for name, _ in attrs]
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.bad.append(tag)
parser = Tags(); parser.feed(sys.stdin.buffer.read().decode())
print(json.dumps({'tags': parser.tags, 'unbalanced': parser.bad + parser.open, 'attributes': parser.attributes}))`;
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-c', script], {
    input: html,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('JUnit', () => {
  const { suite, cases } = parseJunit(renderJunit(REPORT));

  test('has one case for each check, and counts inconclusive as a failure of its own type', () => {
    expect(cases.map(([name, type]) => [name, type])).toEqual([
      ['sanity.answers', null],
      ['metrics.roc_auc', null],
      ['promotion.roc_auc', 'failure'],
      ['slices.contract_type', 'inconclusive'],
      ['serving.latency', null],
      ['hostile', 'inconclusive'],
    ]);
    expect(suite).toMatchObject({ tests: '6', failures: '3', errors: '0', timestamp: '2026-11-03T14:05:09' });
  });

  test('keeps the reason, whatever its characters', () => {
    expect(cases.at(-1)?.[2]).toBe(HOSTILE.replace('\u0007', '\uFFFD').replace('\uD800', '\uFFFD'));
  });

  test('a gate without checks is one failure, not an empty green report', () => {
    const xml = renderJunit({ ...REPORT, verdict: 'inconclusive', reason: 'no check ran', checks: [] });
    expect(parseJunit(xml).cases).toEqual([['gate', 'inconclusive', 'no check ran']]);
  });
});

describe.each([
  ['report', renderHtml(REPORT)],
  ['run', renderRunHtml(RUN)],
])('the page of a %s', (_, html) => {
  const { tags, unbalanced, attributes } = htmlTags(html);

  test('is balanced, loads nothing, and runs nothing but the script that its policy names', () => {
    expect(unbalanced).toEqual([]);
    expect(tags.filter((tag) => ['script', 'img', 'iframe', 'object'].includes(tag))).toEqual(['script']);
    const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const digest = createHash('sha256').update(script).digest('base64');
    expect(html).toContain(`script-src 'sha256-${digest}'`);
    expect(attributes.filter((name) => name.startsWith('on') || name === 'src')).toEqual([]);
    expect(html).not.toMatch(/url\(|@import|https?:/);
  });

  test('says the verdict before anything else, and each reason', () => {
    const text = html.slice(html.indexOf('<main>')).replace(/<[^>]*>/g, ' ');
    expect(text.indexOf('Failed')).toBeLessThan(200);
    for (const check of CHECKS.slice(0, 3)) expect(html).toContain(check.reason);
    expect(html).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;');
  });
});

describe('pictures', () => {
  const page = (evidence: Record<string, unknown>): string =>
    renderHtml({ ...REPORT, checks: [{ id: 'c', verdict: 'pass', reason: 'r', evidence }] });

  test('an interval is drawn against what is required, and never from numbers that are missing', () => {
    const evidence = { estimate: 0.8, interval: [0.7, 0.9], min: 0.75 };
    expect(page(evidence)).toContain('aria-label="Estimate 0.8, interval 0.7 to 0.9"');
    expect(page(evidence)).toContain('0.75 required');
    for (const broken of [
      { estimate: null },
      { estimate: Number.NaN },
      { interval: null },
      { interval: [null, null] },
    ]) {
      expect(page({ ...evidence, ...broken })).not.toContain('<svg');
    }
  });

  test('curves, percentiles and weights are drawn where evidence has them', () => {
    const html = renderRunHtml(RUN);
    expect(html).toContain('ROC curve of challenger and champion');
    expect(html).toContain('budget 500 ms');
    expect(html).toContain('Rolled back in <strong>1.3');
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('malformed points are shown as evidence is, not drawn', () => {
    expect(page({ roc: [{ name: 'x', points: [[0, 'a']] }] })).not.toContain('<svg');
  });
});

test('a report without checks says that there is no evidence', () => {
  const html = renderHtml({
    schema: REPORT_SCHEMA,
    gate: 'data',
    verdict: 'inconclusive',
    reason: 'no check ran',
    release: {},
    checks: [],
    createdAt: 'now',
  });
  expect(html).toContain('ran no check, so there is no evidence');
  expect(html).toContain('Inconclusive');
});
