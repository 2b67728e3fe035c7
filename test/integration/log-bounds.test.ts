import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { Crowd } from '../helpers/crowd.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';
import { SmallDisk } from '../helpers/small-disk.js';

const env = { POMELO_TS_SECRET: 'of the integration tests, and long enough' };
const daemon = ['-D', '-e', 'production'];

/** A game of one server that does this once it has started. */
async function gameThat(does: string, log: object): Promise<TestGame> {
  const game = await TestGame.make(
    { chat: [{ id: 'chat-1', port: await freePort() }] },
    { ownBoot: true, env, master: { log } },
  );
  game.write('package.json', { type: 'module' });
  writeFileSync(
    join(game.root, 'app.js'),
    `export default { setUp(app) { app.onStarted(() => { ${does} }); } };`,
  );
  return game;
}

const sizeOf = (game: TestGame, name: string) => statSync(join(game.root, 'logs', name)).size;

/** Opens a connection, says something that is no proof, and waits for its end. */
function knock(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.on('error', () => {}).on('close', () => resolve());
    socket.resume();
  });
}

/** As {@link knock}, once from each of so many addresses. */
const knockFromEverywhere = async (port: number, addresses: number): Promise<void> => {
  using crowd = await Crowd.at(port, addresses, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await Promise.all(crowd.sockets.map((socket) => socket.closed || once(socket, 'close')));
};

async function knockOften(port: number, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 50)
    await Promise.all(Array.from({ length: 50 }, () => knock(port)));
}

describe('the log of a server', () => {
  it('whose handlers throw without end has a few of the errors and how many more there were', async () => {
    await using game = await gameThat(
      `setInterval(() => {
        for (let n = 0; n < 500; n++) app.logger.error('chat.send failed', { error: new Error('no room'), n });
      }, 10);`,
      {},
    );
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const folded = /chat\.send failed \((\d+) more like this in 10 s\)/;
    await eventually(() => folded.test(game.read('logs/chat-1.log')), 'the number', 20_000);
    expect(Number(folded.exec(game.read('logs/chat-1.log'))![1])).toBeGreaterThan(5000);
    expect(sizeOf(game, 'chat-1.log')).toBeLessThan(100 * 1024);
  });

  it('that prints more than its budget tells what was left out, and still its errors', async () => {
    await using game = await gameThat(
      `let n = 0;
      setInterval(() => { for (let i = 0; i < 1000; i++) console.log('line ' + ++n + ' of many'); }, 5);
      setTimeout(() => app.logger.error('something is wrong'), 300);`,
      { rate: '16KiB' },
    );
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const has = (text: RegExp) => () => text.test(game.read('logs/chat-1.log'));
    await eventually(has(/something is wrong/), 'the error');
    await eventually(
      has(/\d+ lines \(\d+ KiB\) were left out: more than 16 KiB came in a second/),
      'the notice',
    );
    const numbers = [...game.read('logs/chat-1.log').matchAll(/^line (\d+) of many$/gm)].map(([, n]) =>
      Number(n),
    );
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.length).toBeLessThan(numbers.at(-1)!); // some between them were left out
  });

  it('on a small disk keeps its newest lines and an old log, within its size', async () => {
    await using game = await gameThat(
      `let n = 0; setInterval(() => console.log('line ' + ++n + ' ' + '.'.repeat(100)), 1);`,
      { maxSize: '16KiB', keep: 5, rate: '1MiB' },
    );
    using _disk = new SmallDisk(join(game.root, 'logs'), 64); // the log and its old ones would take 96
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const last = () =>
      Number(/^line (\d+) \.*\n?$/m.exec(game.read('logs/chat-1.log').split('\n').at(-2) ?? '')?.[1]);
    await eventually(() => last() > 3000, 'line 3000', 25_000);
    expect(sizeOf(game, 'chat-1.log')).toBeLessThanOrEqual(16 * 1024);
    const old = game.files('logs').filter((name) => name.startsWith('chat-1.log.'));
    expect(old).toContain('chat-1.log.1');
    expect(old.length).toBeGreaterThan(1);
    for (const name of old.filter((one) => !one.endsWith('.new')))
      expect(sizeOf(game, name)).toBeLessThanOrEqual(16 * 1024);
  });

  it('on a disk that something else has filled goes on with its newest lines', async () => {
    await using game = await gameThat(
      `let n = 0; setInterval(() => console.log('line ' + ++n + ' ' + '.'.repeat(100)), 1);`,
      { maxSize: '32KiB', keep: 3, rate: '1MiB' },
    );
    using disk = new SmallDisk(join(game.root, 'logs'), 128);
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const numbers = () =>
      [...game.read('logs/chat-1.log').matchAll(/^line (\d+) /gm)].map(([, n]) => Number(n));
    await eventually(() => (numbers().at(-1) ?? 0) > 400, 'a rotation');
    disk.fill();
    const at = numbers().at(-1)!;
    await eventually(() => (numbers().at(-1) ?? 0) > at + 1000, 'lines of later', 20_000);
    expect(game.files('logs')).toContain('chat-1.log.1');
  });
});

describe('a hostile client', () => {
  it('that has handlers print, log and throw as much as it can has one budget of bytes for all of it', async () => {
    const rate = 16 * 1024;
    const clientPort = await freePort();
    const connector = { id: 'connector-1', port: await freePort(), clientPort, frontend: true };
    await using game = await TestGame.make(
      { connector: [connector] },
      { ownBoot: true, env, master: { log: { rate: '16KiB', maxSize: '100MiB' } } },
    );
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    mkdirSync(join(game.root, 'app/servers/connector/handler'), { recursive: true });
    writeFileSync(
      join(game.root, 'app/servers/connector/handler/handler.js'),
      `export default (app) => ({
        fails({ n }) {
          console.log('printed ' + n + ' ' + '.'.repeat(300));
          process.stderr.write('printed as an error ' + n + ' ' + '.'.repeat(300) + '\\n');
          app.logger.warn('logged ' + n, { text: '.'.repeat(300) });
          throw new Error('thrown ' + n);
        },
      });`,
    );
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const atFirst = sizeOf(game, 'connector-1.log');
    const begun = performance.now();
    let asked = 0;
    for (const rounds = 40; asked < rounds * 100; ) {
      await using client = await RawClient.join(clientPort);
      const ids = Array.from({ length: 100 }, () =>
        client.sendMessage('connector.handler.fails', { n: ++asked }),
      );
      expect(await client.answerTo(ids.at(-1)!)).toMatchObject({ code: 500 });
    }
    const log = () => game.read('logs/connector-1.log');
    await eventually(() => /were left out: more than 16 KiB came in a second/.test(log()), 'the notice');
    const seconds = Math.ceil((performance.now() - begun) / 1000);
    const written = sizeOf(game, 'connector-1.log') - atFirst;
    expect(asked * 900).toBeGreaterThan(2 * written); // what there was to tell
    expect(written).toBeLessThan(rate * (seconds + 4) + 4096); // for a moment four times as many, and the notices
    for (const kind of ['printed 1', 'printed as an error 1', 'logged 1', 'thrown'])
      expect(log()).toContain(kind);
  });
});

describe('strangers', () => {
  it('on the port of the master write a few lines, none with a stack, and master.log is put aside too', async () => {
    await using game = await gameThat('', { maxSize: '64KiB', keep: 2 });
    mkdirSync(join(game.root, 'logs'));
    writeFileSync(join(game.root, 'logs/master.log'), `${'of a former master\n'.repeat(10_000)}`);
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    expect(game.read('logs/master.log.1')).toContain('of a former master');
    const { port } = JSON.parse(game.read('.pomelo-ts/master.json'));
    await knockOften(port, 2000);
    const told = game.read('logs/master.log').match(/A connection was refused/g) ?? [];
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(10);
    expect(game.read('logs/master.log')).not.toContain('"stack"');
    const { stderr } = await game.run('restart', 'chat-9');
    expect(stderr).toContain('There is no server, type or host chat-9');
    await eventually(
      () => /\d{4} more connections that proved nothing were refused/.test(game.read('logs/master.log')),
      'their number',
      20_000,
    );
    expect(sizeOf(game, 'master.log')).toBeLessThan(20 * 1024);
  });

  it('from everywhere have master.log put aside while one master lives, and it goes on in a new one', async () => {
    await using game = await gameThat('', { maxSize: '4KiB', keep: 2 });
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const { port, pid } = JSON.parse(game.read('.pomelo-ts/master.json'));
    const isPutAside = async () => {
      await knockFromEverywhere(port, 50);
      return game.files('logs').includes('master.log.1');
    };
    await eventually(isPutAside, 'an old log of the master', 60_000);
    expect(game.read('logs/master.log.1')).toMatch(/A connection was refused|proved nothing were refused/);
    for (const name of game.files('logs').filter((one) => one.startsWith('master.log')))
      expect(sizeOf(game, name)).toBeLessThanOrEqual(4096);
    const { stderr } = await game.run('restart', 'chat-9');
    expect(stderr).toContain('There is no server, type or host chat-9');
    await eventually(() => game.read('logs/master.log').includes('servers.restart'), 'what comes after');
    expect(JSON.parse(game.read('.pomelo-ts/master.json')).pid).toBe(pid);
  });

  it('on the RPC port of a server write a few lines', async () => {
    await using game = await gameThat('', {});
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    const rows = JSON.parse((await game.run('list', '--json')).stdout) as { id: string; port: number }[];
    await knockOften(rows[0]!.port, 1000);
    const log = () => game.read('logs/chat-1.log');
    await eventually(
      () => /more connections that proved nothing were refused/.test(log()),
      'their number',
      20_000,
    );
    expect(log().match(/An RPC connection was refused/g)!.length).toBeLessThan(10);
    expect(sizeOf(game, 'chat-1.log')).toBeLessThan(20 * 1024);
  });
});
