import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const PAGES = ['README.md', ...pagesIn('docs'), ...pagesIn('docs/adr')];

/** Text without blocks of code: links and headings there are none. */
const proseOf = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');

/** As GitHub names them: lower case, hyphens for spaces, letters, digits, hyphens and underscores alone; repetitions are numbered. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Links of a page that lead nowhere in this repository. */
function broken(page: string, text: string): readonly string[] {
  const links = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    if (anchor === undefined) return false;
    const own = target === page ? text : read(target);
    return !anchorsOf(own).has(anchor);
  });
}

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  expect(broken(page, read(page))).toEqual([]);
});

test('a page or a heading that is gone would be noticed', () => {
  const text =
    '# A *page*\n[a](gone.md) [b](drift.md#gone) [c](drift.md#false-alarms-and-power) [d](#a-page) [e](#b)\n';
  expect(broken('docs/webhook.md', text)).toEqual(['gone.md', 'drift.md#gone', '#b']);
});

test('README leads to every page', () => {
  const text = read('README.md');
  expect(pagesIn('docs').filter((page) => !text.includes(`](${page})`))).toEqual([]);
});
