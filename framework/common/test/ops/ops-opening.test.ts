import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { silentLogger } from '../../src/index.js';
import { OpsOpening, OpsPort } from '../../src/ops.js';
import { FakeClock } from '../../src/testing.js';

it('tries a port that somebody has until it is free, and closes it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const clock = new FakeClock();
  const open = () =>
    OpsPort.open({
      host: '127.0.0.1',
      port,
      id: 'chat-1',
      metrics: () => '',
      health: () => ({ status: 'UP', components: {} }),
      ready: () => true,
      logger: silentLogger,
    });
  const opening = new OpsOpening(open, { clock, logger: { ...silentLogger, error: say, info: say } });
  const error = await opening.open();
  expect(error).toMatchObject({ code: 'EADDRINUSE' });
  opening.tryAgain(error!);
  other.close();
  await once(other, 'close');
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  expect(await answers()).toBe(false);
  clock.pass(5000);
  await expect.poll(answers).toBe(true);
  expect(said).toEqual([
    expect.stringContaining('it is tried again'),
    'The port for measures and health is open now.',
  ]);
  await opening.close();
  expect(await answers()).toBe(false);
  clock.pass(60_000); // nothing is tried any more
  expect(await answers()).toBe(false);
});
