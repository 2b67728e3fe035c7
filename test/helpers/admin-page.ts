import type { BrowserContextOptions, Page } from 'playwright-core';
import { AdminClient } from './admin-client.js';
import { TestBrowser } from './browser.js';
import { freePort } from './free-port.js';
import { type LookedAtGame, lookedAtGame } from './looked-at-game.js';

/** Settings of the admin. */
type StartedWith = { readonly port?: number } & Readonly<Record<string, unknown>>;

/** A cluster with its admin, a browser, and somebody who may do all. */
export class AdminPage implements AsyncDisposable {
  readonly looked: LookedAtGame;
  readonly url: string;
  /** Asks by HTTP, as the account `admin`. */
  readonly client: AdminClient;
  readonly browser: TestBrowser;
  readonly #pages: Page[] = [];

  private constructor(looked: LookedAtGame, client: AdminClient, browser: TestBrowser) {
    this.looked = looked;
    this.client = client;
    this.browser = browser;
    this.url = `http://127.0.0.1:${client.port}`;
  }

  /** Starts all; the first account has followed its link. @param more settings of the admin @param before puts more into the game's folder */
  static async start(more: StartedWith = {}, before?: (root: string) => void): Promise<AdminPage> {
    const port = more.port ?? (await freePort());
    const looked = await lookedAtGame({ admin: { port, secondFactor: 'optional', ...more } }, before);
    const client = new AdminClient(port);
    const link = /http:\S+#setup=\S+/.exec(looked.game.said)?.[0];
    const { status, text } = await client.setUp(link ?? '#setup=none');
    if (status !== 200) throw new Error(`the first account cannot be set up: ${text}`);
    return new AdminPage(looked, client, await TestBrowser.launch());
  }

  /** A page of the browser at a place, signed in already. */
  async open(search = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.openSignedOut(undefined, options);
    const [name, value] = this.client.cookie!.split('=') as [string, string];
    await page.context().addCookies([{ name, value, url: this.url }]);
    await page.goto(`${this.url}/${search}`);
    await page.waitForSelector('.shell');
    return page;
  }

  /** A page of the browser whose context knows nobody. */
  async openSignedOut(search: string | undefined, options: BrowserContextOptions = {}): Promise<Page> {
    const usual = { viewport: { width: 1280, height: 800 }, locale: 'en' };
    const page = await this.browser.page({ ...usual, ...options });
    this.#pages.push(page);
    page.setDefaultTimeout(20_000);
    if (search !== undefined) await page.goto(`${this.url}/${search}`);
    return page;
  }

  /** Leaves all pages, and forgets what went wrong in them. */
  async closePages(): Promise<void> {
    for (const page of this.#pages.splice(0)) await page.context().close();
    this.browser.problems.length = 0;
  }

  /** The link of a new account. */
  async invite(name: string, role: string): Promise<string> {
    const { body } = await this.client.operate('accounts.add', { name, role });
    return `#setup=${body.answer.token}`;
  }

  /** A new account that has set its password, `password` of admin-client. */
  account(name: string, role: string): Promise<AdminClient> {
    return this.client.account(name, role);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.looked[Symbol.asyncDispose]();
  }
}

/** The line of a server, or whatever a table's lines are named by. */
export const rowOf = (key: string): string => `tr[data-key="${key}"]`;
