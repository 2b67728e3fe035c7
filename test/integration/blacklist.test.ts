import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster, whose operators shut out addresses of this machine by real commands. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

const run = (command: string, ...args: string[]) => looked.game.run(command, ...args, '-e', 'production');
const blacklist = (...args: string[]) => run('blacklist', ...args);
const join = (localAddress: string) => RawClient.join(looked.clientPort, { localAddress });

/** Whether a client from there is let in. */
async function isLetIn(address: string): Promise<boolean> {
  try {
    await using _ = await join(address);
    return true;
  } catch {
    return false;
  }
}

describe('pomelo-ts blacklist', () => {
  it('shuts out who is connected and who comes, until they are taken off, and no others', async () => {
    await using cheat = await join('127.0.0.9');
    await using other = await join('127.0.0.20');
    await other.request('connector.entryHandler.enter', { uid: 'other' });
    await cheat.request('connector.entryHandler.enter', { uid: 'cheat' });
    const added = await blacklist('add', '127.0.0.9/29', '2001:db8::/32', '--reason', 'bots');
    expect(added).toMatchObject({
      code: 0,
      stdout: 'no client may come from 127.0.0.8/29 2001:db8::/32; 1 frontend goes by it\n',
      stderr: '',
    });
    await cheat.closed();
    expect(cheat.kicked).toBe('blacklisted');
    expect([await isLetIn('127.0.0.9'), await isLetIn('127.0.0.16')]).toEqual([false, true]);
    const { stdout } = await blacklist('--within', '127.0.0.10');
    expect(stdout).toMatch(
      /^network +since +until +by +reason\n127\.0\.0\.8\/29 +20\S+Z +taken off +\S+ \(cli\) +bots\n$/,
    );
    const removed = await blacklist('remove', '127.0.0.8/29');
    expect([removed.code, removed.stdout]).toEqual([
      0,
      'clients may come again from 127.0.0.8/29; 1 frontend goes by it\n',
    ]);
    expect(await isLetIn('127.0.0.9')).toBe(true);
    expect(other.closeCode).toBeUndefined();
  });

  it('writes down who has asked for it with what', async () => {
    await blacklist('add', '127.0.0.40', '--for', '1h');
    const { stdout } = await run('audit', '--json', '--verb', 'blacklist.add');
    // the last one tells its end
    expect(JSON.parse(stdout).at(-2)).toMatchObject({ args: { networks: ['127.0.0.40'], forMs: 3_600_000 } });
  });

  it('holds for the next life of a frontend, and for the next master', async () => {
    await blacklist('add', '127.0.0.50');
    expect((await run('restart', 'connector-1')).code).toBe(0);
    expect([await isLetIn('127.0.0.50'), await isLetIn('127.0.0.51')]).toEqual([false, true]);
    process.kill(Number(looked.game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    expect((await run('start', '-D')).code).toBe(0);
    expect([await isLetIn('127.0.0.50'), await isLetIn('127.0.0.51')]).toEqual([false, true]);
    const { stdout } = await blacklist('--json', '--within', '127.0.0.50');
    expect(JSON.parse(stdout)).toMatchObject({ entries: [{ network: '127.0.0.50' }], total: 1 });
    expect((await blacklist('remove', '127.0.0.50')).stdout).toContain('1 frontend goes by it');
    expect(await isLetIn('127.0.0.50')).toBe(true);
  });

  it('ends by itself when its time is over', async () => {
    await blacklist('add', '127.0.0.60', '--for', '1500ms');
    await eventually(() => isLetIn('127.0.0.60'), 'the end of its time');
    expect((await blacklist('--within', '127.0.0.60')).stdout).toBe(
      'there is nothing on the blacklist that has 127.0.0.60 in it\n',
    );
  });

  it.each([
    ['example.com', 'example.com cannot be on the blacklist: expected an address'],
    ['127.0.0.0/4', '127.0.0.0/4 cannot be on the blacklist: expected 8 to 32 bits'],
  ])('says what is wrong with %s, and changes nothing', async (network, said) => {
    const { code, stderr } = await blacklist('add', '127.0.0.70', network);
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)]);
    expect(await isLetIn('127.0.0.70')).toBe(true);
    expect((await blacklist('remove', '127.0.0.70')).stderr).toContain('127.0.0.70 is not on the blacklist');
  });
});
