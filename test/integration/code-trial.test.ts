import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runTrial, type TrialResult } from '../../framework/core/src/server/code-trial.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

const script = fileURLToPath(new URL('../../framework/core/dist/boot/main.js', import.meta.url));

/** Has a process of its own load this handler. */
async function trialOf(handler: string, timeoutMs: number): Promise<TrialResult> {
  const servers = { chat: [{ id: 'chat-1' }] };
  const app = 'export default { setUp() {} };';
  using game = await TemporaryGame.make({ servers, app, handlers: { chat: { chatHandler: handler } } });
  return await runTrial({ args: [], root: game.root, timeoutMs, script, appDir: game.root, type: 'chat' });
}

describe('a trial of code in a process', () => {
  it('is passed by code that loads, also when it writes and has begun something', async () => {
    const code = 'console.log("hello"); setInterval(() => {}, 1000); export default class {}';
    expect(await trialOf(code, 20_000)).toEqual({ verdict: 'fine' });
  });

  it.each([
    ['at once', 'process.exit(0);'],
    ['of its own', 'process.exitCode = 0; process.stdin.unref(); await new Promise(() => {});'],
  ])('is not passed by code that ends the process %s', async (_how, code) => {
    const { verdict, reason } = (await trialOf(code, 20_000)) as { verdict: string; reason: string };
    expect(verdict).toBe('broken');
    expect(reason).toMatch(/it ended with exit code \d+ before it had loaded|unsettled top-level await/);
  });

  it.each([
    ['waits for ever', 'await new Promise(() => {});'],
    ['runs for ever', 'while (true) {}'],
  ])('is not passed by code that %s while it is loaded', async (_what, code) => {
    const reason = 'it did not load within 1.5 s';
    expect(await trialOf(code, 1500)).toEqual({ verdict: 'broken', reason });
  });
});
