import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The program of the browser. */
export const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A headless Chromium, and pages that remember what went wrong in them. */
export class TestBrowser implements AsyncDisposable {
  /** Errors of all pages. */
  readonly problems: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @param started what is run in place of the browser, and begins it in turn: in another network, say */
  static async launch(started = executable): Promise<TestBrowser> {
    if (!existsSync(executable)) {
      throw new Error(
        `no browser at ${executable}: apt-get install chromium fonts-dejavu-core, or set CHROMIUM to one`,
      );
    }
    const browser = await chromium.launch({
      executablePath: started,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Two pages of one browser: the one behind must go on drawing.
        '--disable-renderer-backgrounding',
        '--disable-backgrounding-occluded-windows',
      ],
    });
    return new TestBrowser(browser);
  }

  /** A page with storage of its own. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext(options);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.problems.push(message.text());
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
