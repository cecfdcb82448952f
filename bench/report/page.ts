/**
 * How a report page of many checks feels: `page.ts [CHECKS]`. Opens it in Chromium and prints, in milliseconds, the time until
 * the verdict is painted, the longest task of the page's thread while everything is opened, scrolled through and filtered,
 * and how long the first press of the Tab key takes.
 */
import { renderHtml } from '../../lib/core/report';
import { Browser, findChromium } from '../../test/browser/chromium';
import { wideReport } from '../../test/browser/samples';

async function main(checks: number): Promise<void> {
  const executable = findChromium();
  if (executable === undefined) throw new Error('no Chromium on the path and none named by ASSAY_CHROMIUM');
  const html = renderHtml(wideReport(checks));
  const browser = await Browser.open(executable);
  try {
    const { page } = await browser.show(html);
    const painted = Number(
      await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()"),
    );
    const tabbed = Date.now();
    await page.keyboard.press('Tab');
    const tab = Date.now() - tabbed;
    // As text, so that this project needs no types of the browser's.
    await page.evaluate(`
      globalThis.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
      }).observe({ entryTypes: ['longtask'] });
      for (const details of document.querySelectorAll('details.more')) details.open = true;`);
    for (let i = 0; i < 60; i += 1) {
      await page.mouse.wheel(0, 4000);
      await page.waitForTimeout(16);
    }
    await page.getByLabel('Containing').fill('column_04');
    await page.waitForTimeout(400);
    await page.getByLabel('Containing').fill('');
    await page.waitForTimeout(400);
    await page.getByRole('radio').nth(1).check({ force: true });
    await page.waitForTimeout(400);
    const longest = Number(await page.evaluate('globalThis.longest'));
    process.stdout.write(`${JSON.stringify({ megabytes: html.length / 1e6, painted, tab, longest })}\n`);
  } finally {
    await browser.close();
  }
}

main(Number(process.argv[2] ?? 5000)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
