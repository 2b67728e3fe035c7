import type { Page } from 'playwright-core';
import { AdminClient, password } from './admin-client.js';
import { freePort } from './free-port.js';
import { type LookedAtGame, lookedAtGame } from './looked-at-game.js';

/** A cluster with its admin and the page of that, and somebody who may do all. */
export interface AdminPage extends AsyncDisposable {
  readonly looked: LookedAtGame;
  readonly url: string;
  /** Asks by HTTP, as the account `admin`. */
  readonly client: AdminClient;
  /** Opens the page at a place, signed in already. */
  open(page: Page, search?: string): Promise<void>;
}

/** Starts it; the first account has followed its link. */
export async function adminPage(): Promise<AdminPage> {
  const port = await freePort();
  const looked = await lookedAtGame({ admin: { port, secondFactor: 'optional' } });
  const client = new AdminClient(port);
  const link = /http:\S+#setup=\S+/.exec(looked.game.said)?.[0];
  const { status, text } = await client.setUp(link ?? '#setup=none');
  if (status !== 200) throw new Error(`the first account cannot be set up: ${text}`);
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ looked, url, client },
    async open(page, search = '') {
      const [name, value] = client.cookie!.split('=') as [string, string];
      await page.context().addCookies([{ name, value, url }]);
      await page.goto(`${url}/${search}`);
      await page.waitForSelector('.shell');
    },
    [Symbol.asyncDispose]: () => looked[Symbol.asyncDispose](),
  };
}

/** A new account that has set its password by its link. */
export async function newAccount({ client }: AdminPage, name: string, role: string): Promise<string> {
  const { body } = await client.operate('accounts.add', { name, role });
  const { status, text } = await new AdminClient(client.port).setUp(`#setup=${body.answer.token}`);
  if (status !== 200) throw new Error(text);
  return password;
}
