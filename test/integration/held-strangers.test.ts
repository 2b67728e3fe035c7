import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { ClusterKeys, dialSecure } from '@pomelo-ts/cluster';
import { frame } from '@pomelo-ts/common/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import { Crowd } from '../helpers/crowd.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/* What a process takes for very many strangers that are held at its door at once, each with as much as it may have there. */

const secret = randomBytes(32).toString('hex');
/** As many as a door holds at once. */
const count = 1000;
/** What they may cost together, in KiB: each a socket, what Node has with it, and 4 KiB. */
const boundKiB = 40 * 1024;
/** The same for those that have recorded how somebody named a key: each has a session of TLS as well, for five seconds. */
const boundOfReplaysKiB = 120 * 1024;

let game: TemporaryGame;
const command = (...args: string[]) =>
  new RunningCommand([...args, '-d', game.root, '-e', 'production'], { POMELO_TS_SECRET: secret }).ended;

beforeAll(async () => {
  game = await TemporaryGame.make({
    servers: { chat: [{ id: 'chat-1' }] },
    app: 'export default { setUp() {} };',
  });
  expect(await command('start', '-D')).toMatchObject({ code: 0, stderr: '' });
});
afterAll(async () => {
  await command('stop');
  game?.[Symbol.dispose]();
});

const rows = async () =>
  JSON.parse((await command('list', '--json')).stdout) as { id: string; pid: number; restarts: number }[];

const residentKiB = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

/** All but the last byte of the longest hello of TLS that a stranger may send. */
function longHello(): Buffer {
  const bytes = Buffer.alloc(4095, 7);
  bytes.set([22, 3, 1, 0x0f, 0xfb, 1, 0, 0x0f, 0xf7]);
  return bytes;
}

/** All but the last byte of a frame that is as long as one may be before the proof. */
const longFrame = (): Buffer => frame(Buffer.alloc(1024, 1)).subarray(0, -1);

/** The first bytes of an operator of this cluster, as somebody on the way has recorded them. */
async function recordedHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const came = once(server, 'connection');
  const keys = await ClusterKeys.of({ secret });
  const { port } = server.address() as AddressInfo;
  const dialed = dialSecure({ host: '127.0.0.1', port }, keys.operator).catch(() => {});
  const [socket] = await came;
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  await dialed;
  server.close();
  return hello;
}

/** What each process took before any strangers came: what one crowd has left is no room for the next. */
const takenBefore = new Map<number, number>();

/** The most that the process has taken while they were there, over what it had before any came, in KiB; and how many were there at once. */
async function costOf(
  port: number,
  pid: number,
  bytes: Buffer,
  from?: string,
): Promise<{ kiB: number; held: number }> {
  const before = takenBefore.get(pid) ?? residentKiB(pid);
  takenBefore.set(pid, before);
  using crowd = await Crowd.at(port, count, bytes, from);
  const there = () => crowd.sockets.filter(({ closed }) => !closed).length;
  const held = there();
  let most = 0;
  await eventually(() => {
    most = Math.max(most, residentKiB(pid) - before);
    return there() === 0; // each has had its time
  }, 'the end of all');
  return { kiB: most, held };
}

const port = (whose: 'master' | 'chat-1') =>
  whose === 'master' ? game.config.master.port : game.config.servers[0]!.port!;

async function pidOf(whose: 'master' | 'chat-1'): Promise<number> {
  if (whose === 'master') return Number(readFileSync(join(game.root, '.pomelo-ts/master.pid'), 'utf8'));
  return (await rows())[0]!.pid;
}

describe('a thousand strangers at once', () => {
  it.each([
    ['say nothing', 'master', boundKiB, async () => Buffer.alloc(0), undefined],
    ['have begun a long hello', 'master', boundKiB, async () => longHello(), undefined],
    ['have begun a long hello', 'chat-1', boundKiB, async () => longHello(), undefined],
    ['have begun a long frame', 'chat-1', boundKiB, async () => longFrame(), '127.0.0.1'],
    ['say what they have recorded of an operator', 'master', boundOfReplaysKiB, recordedHello, undefined],
  ] as const)(
    'that %s at the port of %s cost it no more than a bound',
    async (_, whose, bound, says, from) => {
      const pid = await pidOf(whose);
      const { kiB, held } = await costOf(port(whose), pid, await says(), from);
      expect(held).toBeGreaterThan(count / 2);
      expect(kiB).toBeLessThan(bound);
      const [chat] = await rows(); // an operator is let in, and the server is what it was
      expect(chat).toMatchObject({ id: 'chat-1', state: 'ready', restarts: 0 });
    },
  );
});
