import { type Report, renderDriftHtml, renderHtml, renderRunHtml } from '../../lib/core/report';
import { RUN } from '../core/report/samples';
import { Browser, findChromium } from './chromium';
import { faintTexts } from './contrast';
import { DRIFT_REPORT, DRIFT_TRAFFIC, MODEL_REPORT, wideReport } from './samples';

const executable = findChromium();
if (executable === undefined) {
  process.stderr.write('report pages were not opened: no Chromium on the path and none named by ASSAY_CHROMIUM\n');
}

/** CI installs one (.ci/run); a laptop without a browser runs the other tests. */
const describeInBrowser = executable === undefined ? describe.skip : describe;

describeInBrowser('report pages in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.open(executable ?? '');
  }, 30_000);
  afterAll(() => browser?.close());

  const pages: readonly (readonly [string, string])[] = [
    ['model gate', renderHtml(MODEL_REPORT)],
    ['drift gate', renderHtml(DRIFT_REPORT)],
    ['drift of live traffic', renderDriftHtml(DRIFT_REPORT, DRIFT_TRAFFIC)],
    ['data gate of 300 checks', renderHtml(wideReport(300))],
    ['run', renderRunHtml(RUN)],
  ];

  test.each(pages)('%s: asks for nothing but itself and complains about nothing', async (_, html) => {
    const { page, requests, complaints } = await browser.show(html);
    expect(requests).toEqual([page.url()]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each(pages)('%s: no sideways scrolling on a phone, even with all evidence open', async (_, html) => {
    const { page } = await browser.show(html, { width: 360 });
    const overflow = await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
      return document.documentElement.scrollWidth - document.documentElement.clientWidth;
    });
    expect(overflow).toBe(0);
    await page.close();
  });

  test.each(pages.flatMap(([name, html]) => [[name, 'light', html] as const, [name, 'dark', html] as const]))(
    '%s: every text is readable, %s',
    async (_, scheme, html) => {
      const { page } = await browser.show(html, { dark: scheme === 'dark' });
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red = 0] = (background.match(/\d+/g) ?? []).map(Number);
      expect(red < 128).toBe(scheme === 'dark');
      expect(await faintTexts(page)).toEqual([]);
      await page.close();
    },
  );

  test.each(pages)('%s: headings go down one level at a time, and tables have headers', async (_, html) => {
    const { page } = await browser.show(html);
    const levels = await page.evaluate(() =>
      [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1])),
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    const bare = await page.evaluate(
      () => [...document.querySelectorAll('table')].filter((t) => t.querySelector('th') === null).length,
    );
    expect(bare).toBe(0);
    const unnamed = await page.evaluate(
      () => [...document.querySelectorAll('svg')].filter((s) => !s.getAttribute('aria-label')).length,
    );
    expect(unnamed).toBe(0);
    await page.close();
  });

  describe('5,000 checks', () => {
    const report: Report = wideReport(5000);
    const html = renderHtml(report);
    const shown = (): number => document.querySelectorAll('.checks > li:not([hidden])').length;

    test('are filtered by verdict and by words, with the keyboard alone', async () => {
      const { page, complaints } = await browser.show(html);
      expect(await page.evaluate(shown)).toBe(5000);
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowRight');
      expect(await page.evaluate(shown)).toBe(50);
      await expect(page.getByRole('status').textContent()).resolves.toBe('50 of 5000 checks shown');
      await page.keyboard.press('Tab');
      await page.keyboard.type('COLUMN_0001');
      await page.waitForFunction(() => document.querySelectorAll('.checks > li:not([hidden])').length === 1);
      await page.getByLabel('Containing').fill('no such check');
      await page.waitForFunction(() => document.querySelectorAll('.checks > li:not([hidden])').length === 0);
      expect(await page.evaluate(() => [...document.querySelectorAll('.group:not([hidden])')].length)).toBe(0);
      await page.getByLabel('Containing').fill('');
      await page.getByLabel('All').check({ force: true });
      await page.waitForFunction(() => document.querySelectorAll('.checks > li:not([hidden])').length === 5000);
      expect(await page.getByRole('status').textContent()).toBe('');
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('only those on the screen are laid out', async () => {
      const { page } = await browser.show(html);
      const laidOut = await page.evaluate(
        () =>
          [...document.querySelectorAll('.checks > li .said')].filter((e) =>
            e.checkVisibility({ contentVisibilityAuto: true }),
          ).length,
      );
      expect(laidOut).toBeGreaterThan(0);
      expect(laidOut).toBeLessThan(200);
      await page.close();
    });
  });

  test('without scripts everything is there and no dead control is shown', async () => {
    const { page } = await browser.show(renderHtml(wideReport(20)).replace(/<script>.*<\/script>/s, ''));
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('.checks > li').count()).toBe(20);
    await page.close();
  });
});
