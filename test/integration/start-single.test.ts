import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

/** A game of two chat servers whose app does this in its `setUp`. */
async function gameOf(setUp: string, master: object): Promise<TestGame> {
  const chat = await Promise.all(['chat-1', 'chat-2'].map(async (id) => ({ id, port: await freePort() })));
  const game = await TestGame.make({ chat }, { ownBoot: true, master });
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), `export default { setUp(app) { ${setUp} } };`);
  return game;
}

const hang = (event: string) => `app.${event}(() => {
  if (app.serverId !== 'chat-2') return;
  console.log('hangs here');
  return new Promise(() => {});
});`;
const patient = { startTimeout: '10m', stopTimeout: '10m' };

describe('pomelo-ts start --single', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
  ] as const)('ends at once when %s is followed by %s', async (first, second) => {
    await using game = await gameOf(hang('onStop'), patient);
    const start = game.begin('start', '--single');
    await start.says('Ctrl-C stops them');
    start.child.kill(first);
    await start.says('hangs here');
    start.child.kill(second);
    expect((await start.ended).code).toBe(130);
  });

  it('runs on until it is told to stop, also where no server has a port that would keep a process alive', async () => {
    await using game = await gameOf("app.onStop(() => console.log(app.serverId + ' stops'));", {});
    const start = game.begin('start', '--single');
    await start.says('Ctrl-C stops them');
    // It would have ended by itself long before another whole process has come and gone.
    expect((await game.run('config', 'check')).code).toBe(0);
    expect([start.child.exitCode, start.child.signalCode]).toEqual([null, null]);
    start.child.kill('SIGTERM');
    const { code, stdout } = await start.ended;
    expect(stdout).toMatch(/chat-[12] stops.*2 servers stopped\n$/s);
    expect(code).toBe(0);
  });

  it('gives each of its servers shared state of its own, and ends it when that stops', async () => {
    const count = `const own = () => app.shared('own', () => ({
      asks: 0,
      [Symbol.dispose]() { console.log(app.serverId + ' ends what was asked for ' + this.asks + ' times'); },
    }));
    own().asks++;
    app.onStarted(() => void own().asks++);`;
    await using game = await gameOf(count, {});
    const start = game.begin('start', '--single');
    await start.says('Ctrl-C stops them');
    expect(start.stdout).not.toContain('ends what was asked for');
    start.child.kill('SIGTERM');
    const { stdout } = await start.ended;
    for (const id of ['chat-1', 'chat-2']) expect(stdout).toContain(`${id} ends what was asked for 2 times`);
  });

  it('gives up on a server that does not stop in time, and says so', async () => {
    await using game = await gameOf(hang('onStop'), { stopTimeout: '300ms' });
    const start = game.begin('start', '--single');
    await start.says('Ctrl-C stops them');
    start.child.kill('SIGTERM');
    const { code, stdout, stderr } = await start.ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'killed after the time to stop was over: chat-2\n',
    });
    expect(stdout).toMatch(/\n1 server stopped, 1 killed\n$/);
  });

  it('fails when a server does not get ready in time, and stops the others', async () => {
    const setUp = `${hang('onStarted')} app.onStop(() => console.log(app.serverId + ' stops'));`;
    await using game = await gameOf(setUp, { startTimeout: '300ms' });
    const { code, stdout, stderr } = await game.run('start', '--single');
    expect(stderr).toBe('error chat-2 did not report ready within 300 ms; its last state was starting.\n');
    expect(stdout).toContain('chat-1 stops');
    expect(code).toBe(1);
  });

  it('ends at Ctrl-C while a server hangs in its start, and stops the others', async () => {
    const setUp = `${hang('onStarted')} app.onStop(() => console.log(app.serverId + ' stops'));`;
    await using game = await gameOf(setUp, patient);
    const start = game.begin('start', '--single');
    await start.says('hangs here');
    start.child.kill('SIGINT');
    const { code, stdout } = await start.ended;
    expect(stdout).toMatch(/interrupted; what had started is stopped\n$/);
    expect(code).toBe(130);
  });

  it('refuses hosts that are not of this machine', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', host: '192.0.2.7' }] });
    const { code, stderr } = await game.run('start', '--single');
    expect(stderr).toContain('config/servers.json chat[0].host: 192.0.2.7 is no address of this machine');
    expect(code).toBe(2);
  });
});
