import { expect, it } from 'vitest';
import { serversHealth } from '../../src/ops/servers-health.js';
import { rowOf } from '../../src/servers/server-row.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

/** Two servers, of which one ends with an error that names a player. */
async function crashed(autoRestart: boolean) {
  const restart = { minBackOffMs: 1000, maxBackOffMs: 4000, limit: 2, withinMs: 60_000 };
  const bench = new Bench([entry('chat-1', { autoRestart }), entry('chat-2', { autoRestart })], { restart });
  await bench.start('chat-1', 'chat-2');
  const crash = async () => {
    const life = bench.launcher.lives['chat-1']!.at(-1)!;
    life.lines = ['Error: no such player ann@example.com with token s3cret'];
    life.end({ code: 1, signal: null });
    await quiet();
  };
  await crash();
  const health = () => {
    const { supervisor, hub, clock } = bench;
    return serversHealth(
      supervisor.records.map((record) => ({ record, row: rowOf(record, hub, clock.now()) })),
    );
  };
  return { bench, crash, health };
}

it('tells of a crash how it ended and not what its error says, and that the server comes back by itself', async () => {
  const { bench, health } = await crashed(true);
  using _ = bench;
  expect(health()).toMatchObject({
    status: 'DEGRADED',
    cause: '1 of 2 servers do not serve: chat-1 (exit code 1, gone)',
    cure: 'pomelo-ts logs chat-1 tells why; the master starts it again by itself',
  });
});

it('names the command that starts what does not come back', async () => {
  const { bench, health } = await crashed(false);
  using _ = bench;
  expect(health()).toMatchObject({
    status: 'DEGRADED',
    cause: '1 of 2 servers do not serve: chat-1 (exit code 1, gone)',
    cure: 'pomelo-ts logs chat-1 tells why; pomelo-ts start -i chat-1',
  });
});

it('tells of a server that was given up, until somebody starts it', async () => {
  const { bench, crash, health } = await crashed(true);
  using _ = bench;
  await bench.pass(1000);
  expect(health().status).toBe('UP');
  await crash();
  expect(health()).toMatchObject({
    cause: '1 of 2 servers do not serve: chat-1 (exit code 1, failed)',
    cure: 'pomelo-ts logs chat-1 tells why; pomelo-ts start -i chat-1',
  });
});
