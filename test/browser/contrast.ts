import type { Page } from 'playwright-core';

/**
 * Visible texts whose contrast with what lies behind them is below 4.5 : 1, by computed styles.
 * Source: WCAG 2.2, success criterion 1.4.3 and its definitions of contrast ratio and relative luminance.
 */
export function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    type Colour = readonly [number, number, number, number];
    const parse = (text: string): Colour => {
      const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const luminance = (colour: Colour): number => {
      const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1];
      const colour = parse(getComputedStyle(element).backgroundColor);
      return colour[3] > 0.99 ? colour : behind(element.parentElement);
    };
    const isShown = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && element.checkVisibility({ contentVisibilityAuto: true });
    };
    const leaves = [...document.querySelectorAll('main *')].filter(
      (element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '') &&
        isShown(element),
    );
    return leaves.flatMap((element) => {
      const style = getComputedStyle(element);
      const [a, b] = [luminance(parse(element.closest('svg') ? style.fill : style.color)), luminance(behind(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return ratio >= 4.5 ? [] : [`${ratio.toFixed(2)}: ${element.textContent?.trim().slice(0, 40)}`];
    });
  });
}
