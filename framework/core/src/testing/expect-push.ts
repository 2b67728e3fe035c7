import type { PushLog, PushMatch } from './test-client.js';

/** Settings of {@link expectPush}. */
export interface ExpectPushOptions {
  /** Longest wait in ms. @default 1000 */
  readonly timeoutMs?: number;
}

/**
 * Waits for a push to a test's client, and takes it; one that came before counts. Gives its body.
 *
 * @throws Error that lists the pushes that came instead, when none has come in time
 * @example
 * await expectPush(bob, 'onChat', { from: 'ann', msg: 'hello' });
 * const { users } = await expectPush<{ users: string[] }>(bob, 'onUsers', (body) => body.users.length === 2);
 */
export async function expectPush<Body = unknown>(
  client: { readonly pushes: PushLog },
  route: string,
  match?: PushMatch,
  { timeoutMs = 1000 }: ExpectPushOptions = {},
): Promise<Body> {
  return (await client.pushes.take(route, match, timeoutMs)) as Body;
}
