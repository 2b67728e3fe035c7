import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

/** Six servers of the reference game on free ports. */
async function referenceGame() {
  const [a, b, c, d, e, f, g, h] = await Promise.all(Array.from({ length: 8 }, freePort));
  const game = await TestGame.ofReference({
    gate: [{ id: 'gate-1', clientPort: a, frontend: true }],
    connector: [
      { id: 'connector-1', port: b, clientPort: c, frontend: true },
      { id: 'connector-2', port: d, clientPort: e, frontend: true },
    ],
    chat: [
      { id: 'chat-1', port: f },
      { id: 'chat-2', port: g },
    ],
    arena: [{ id: 'arena-1', port: h }],
  });
  return { game, gatePort: a! };
}

describe('the reference game', () => {
  it('gets ready on six processes, serves its page, and stops, leaving nothing behind', async () => {
    const { game, gatePort } = await referenceGame();
    await using _ = game;
    const start = game.begin('start');
    await start.says('Ctrl-C stops them');
    expect(start.stdout).toMatch(/6 servers ready in [\d.]+ s/);
    expect(start.stdout).toContain(`open http://127.0.0.1:${gatePort}/`);
    expect((await fetch(`http://127.0.0.1:${gatePort}/`)).status).toBeLessThan(500);
    start.child.kill('SIGTERM');
    const { code, stderr } = await start.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(game.pids()).toEqual([]);
  });

  it('runs inside one process with --single', async () => {
    const { game, gatePort } = await referenceGame();
    await using _ = game;
    const start = game.begin('start', '--single');
    await start.says('All in this process; Ctrl-C stops them');
    expect(start.stdout).toContain('6 servers ready');
    expect((await fetch(`http://127.0.0.1:${gatePort}/`)).status).toBeLessThan(500);
    start.child.kill('SIGTERM');
    expect(await start.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells which port is taken, and by whom it was wanted', async () => {
    const { game, gatePort } = await referenceGame();
    await using _ = game;
    const { createServer } = await import('node:net');
    const holder = createServer().listen(gatePort, '127.0.0.1');
    const { code, stderr } = await game.run('start');
    holder.close();
    expect(stderr).toContain(
      `gate-1 did not start: cannot listen on 127.0.0.1:${gatePort}: the port is in use`,
    );
    expect(code).toBe(1);
    expect(game.pids()).toEqual([]);
  });
});
