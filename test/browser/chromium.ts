import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** ASSAY_CHROMIUM, or the first Chromium or Chrome on the path. */
export function findChromium(): string | undefined {
  const named = process.env.ASSAY_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One browser with a profile of its own, which goes with it. */
export class Browser {
  private constructor(
    private readonly context: BrowserContext,
    private readonly folder: string,
  ) {}

  static async open(executablePath: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-browser-'));
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath,
      headless: true,
      args: FLAGS,
    });
    return new Browser(context, folder);
  }

  /** The page from a file, as a person opens it. Everything that it asks for or complains about is noted. */
  async show(
    html: string,
    options: { readonly width?: number; readonly dark?: boolean } = {},
  ): Promise<{ readonly page: Page; readonly requests: readonly string[]; readonly complaints: readonly string[] }> {
    const file = join(this.folder, 'report.html');
    writeFileSync(file, html);
    const page = await this.context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => void requests.push(request.url()));
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    await page.setViewportSize({ width: options.width ?? 1100, height: 800 });
    await page.emulateMedia({ colorScheme: options.dark === true ? 'dark' : 'light' });
    await page.goto(pathToFileURL(file).href);
    return { page, requests, complaints };
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
