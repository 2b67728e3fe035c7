import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { runTrial, type TrialOptions, type TrialResult } from '../../framework/core/src/server/code-trial.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

const script = fileURLToPath(new URL('../../framework/core/dist/bundle/boot/main.js', import.meta.url));

/** Does something with a game whose one handler is this. */
async function inGame<T>(
  handler: string,
  work: (game: TemporaryGame, options: TrialOptions) => Promise<T>,
): Promise<T> {
  const servers = { chat: [{ id: 'chat-1' }] };
  const app = 'export default { setUp() {} };';
  using game = await TemporaryGame.make({ servers, app, handlers: { chat: { chatHandler: handler } } });
  const { root } = game;
  return await work(game, { args: [], root, timeoutMs: 20_000, script, appDir: root, type: 'chat' });
}

/** Has a process of its own load this handler. */
const trialOf = (handler: string, timeoutMs: number): Promise<TrialResult> =>
  inGame(handler, (_game, options) => runTrial({ ...options, timeoutMs }));

/** The number of a process that has written it into the folder of the game. */
const pidIn = ({ root }: TemporaryGame): Promise<number> =>
  vi.waitFor(
    () => {
      const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
      expect(pid).toBeGreaterThan(0);
      return pid;
    },
    { timeout: 20_000 },
  );

/** Whether a process has not ended; one that nobody has asked for its end yet has. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
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

  it('is passed by code that has begun a process which holds its standard error', async () => {
    const code = `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const how = { detached: true, stdio: ['ignore', 'ignore', 'inherit'] };
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], how);
child.unref();
writeFileSync('pid', String(child.pid));
export default class {}`;
    const { result, pid } = await inGame(code, async (game, options) => ({
      result: await runTrial(options),
      pid: await pidIn(game),
    }));
    try {
      expect(result).toEqual({ verdict: 'fine' });
      expect(runs(pid)).toBe(true);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it.each([
    ['runs for ever', 'while (true) {}'],
    ['waits for ever', 'await new Promise(() => {});'],
  ])('ends with the process that has made it, also where the code %s', async (_what, code) => {
    const told = `import { writeFileSync } from 'node:fs';\nwriteFileSync('pid', String(process.pid));\n`;
    await inGame(told + code, async (game, options) => {
      const module = fileURLToPath(
        new URL('../../framework/core/dist/server/code-trial.js', import.meta.url),
      );
      const make = `import { runTrial } from ${JSON.stringify(module)}; await runTrial(${JSON.stringify(options)});`;
      const maker = spawn(process.execPath, ['--input-type=module', '-e', make], { stdio: 'ignore' });
      let pid = 0;
      try {
        pid = await pidIn(game);
        expect(runs(pid)).toBe(true);
        maker.kill('SIGKILL');
        await vi.waitFor(() => expect(runs(pid)).toBe(false), { timeout: 20_000 });
      } finally {
        maker.kill('SIGKILL');
        if (runs(pid)) process.kill(pid, 'SIGKILL');
      }
    });
  });
});
