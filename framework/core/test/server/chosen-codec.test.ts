import { msgpackrCodec, type RpcCodec } from '@pomelo-ts/rpc';
import { describe, expect, it } from 'vitest';
import { type GameParts, TemporaryGame } from '../../../../test/helpers/temporary-game.js';
import type { Application } from '../../src/application.js';
import { chosenCodec } from '../../src/server/chosen-codec.js';
import { startCluster } from '../../src/testing.js';
import { RunningGame, startGame } from '../running-game.js';

/** A game whose connector asks a bank, with this codec. */
const gameWith = (codec: unknown, more: Partial<GameParts> = {}): GameParts => ({
  servers: { connector: [{ id: 'connector-1', frontend: true }], bank: [{ id: 'bank-1' }] },
  handlers: {
    connector: {
      entryHandler: (app: Application) => ({
        pay: async ({ amount }: { amount: number }) => {
          const { pay } = (
            app.rpc as unknown as { bank: { bankRemote: { pay(route: null, n: number): Promise<Date> } } }
          ).bank.bankRemote;
          return { paid: (await pay(null, amount)).getTime() };
        },
      }),
    },
  },
  remotes: { bank: { bankRemote: () => ({ pay: (amount: number) => new Date(amount) }) } },
  settings: { rpc: { codec } },
  ...more,
});

/** The usual codec, which tells whenever it writes. */
function telling(name: string, wrote: string[]): () => RpcCodec {
  return () => {
    const codec = msgpackrCodec();
    return {
      name,
      decode: codec.decode,
      encode(value) {
        wrote.push(name);
        return codec.encode(value);
      },
    };
  };
}

/** Asks the bank as a player does. */
async function pay(files: TemporaryGame): Promise<unknown> {
  await using cluster = await startCluster({ root: files.root, env: files.env });
  return await cluster.inject('connector.entryHandler.pay', { amount: 5 });
}

describe('rpc.codec of the settings', () => {
  it('names the codec of the adapters, which is loaded then', async () => {
    await using game = await startGame(gameWith('msgpack-lite'));
    expect((await chosenCodec(game.app('bank-1')))?.name).toBe('msgpack-lite');
    expect(await pay(game.files)).toEqual({ paid: 5 });
  });

  it('names a module of the game, by its path', async () => {
    const wrote: string[] = [];
    const modules = { 'codec/own.js': telling('own', wrote) };
    using files = await TemporaryGame.make(gameWith('./codec/own.js', { modules }));
    expect(await pay(files)).toEqual({ paid: 5 });
    expect(wrote.length).toBeGreaterThan(0);
  });

  it('gives way to a codec that the app sets, and is not even loaded', async () => {
    const wrote: string[] = [];
    const app = (one: Application) => one.rpcCodec(telling('of the app', wrote)());
    using files = await TemporaryGame.make(gameWith('./no/such/file.js', { app }));
    expect(await pay(files)).toEqual({ paid: 5 });
    expect(wrote).toContain('of the app');
  });

  it('is by default the usual codec, for which nothing is loaded', async () => {
    await using game = await startGame(gameWith(undefined));
    expect(await chosenCodec(game.app('bank-1'))).toBeUndefined();
  });
});

describe('a server whose codec cannot be loaded', () => {
  const start = async (files: TemporaryGame): Promise<void> => {
    await using game = new RunningGame(files, {});
    await game.start('bank-1');
  };

  it('says what to install, where the adapters are missing', async () => {
    const files = await TemporaryGame.make(gameWith('msgpack-lite'));
    files.remove('node_modules');
    await expect(start(files)).rejects.toMatchObject({
      code: 'CODEC_MISSING',
      message:
        'The codec msgpack-lite (rpc.codec in config/settings.json5) needs a package that is not installed: npm install @pomelo-ts/adapters msgpack-lite',
    });
  });

  it('says what to install, where only the library is missing', async () => {
    const files = await TemporaryGame.make(gameWith('msgpack-lite'));
    files.remove('node_modules');
    const adapters = 'node_modules/@pomelo-ts/adapters';
    const exports = { './codec-msgpack-lite': { default: './codec.js' } };
    files.write(
      `${adapters}/package.json`,
      JSON.stringify({ name: '@pomelo-ts/adapters', type: 'module', exports }),
    );
    files.write(`${adapters}/codec.js`, "import 'msgpack-lite';\n");
    await expect(start(files)).rejects.toMatchObject({ code: 'CODEC_MISSING' });
  });

  it('says which package a module is of', async () => {
    const files = await TemporaryGame.make(gameWith('@other/codecs/fast'));
    await expect(start(files)).rejects.toMatchObject({
      code: 'CODEC_MISSING',
      facts: { codec: '@other/codecs/fast', packages: '@other/codecs' },
    });
  });

  it.each([
    ['is not there', undefined, /Cannot find module/],
    [
      'exports nothing by default',
      'export const codec = 1;',
      /expected a default export that makes it, got undefined/,
    ],
    [
      'makes no codec',
      'export default () => ({ name: "x" });',
      /expected a codec with name, encode and decode/,
    ],
    ['throws', 'export default () => { throw new Error("no luck"); };', /no luck/],
    [
      'makes one that gives no bytes',
      'export default () => ({ name: "x", encode: () => 5, decode: () => 1 });',
      /encode gave 5, and no bytes/,
    ],
    [
      'makes one that reads something else',
      'export default () => ({ name: "x", encode: () => new Uint8Array(3), decode: () => 1 });',
      /decode gave 1, and not what was encoded/,
    ],
  ])('says what is wrong with a file of the game that %s', async (_, source, reason) => {
    const modules = source === undefined ? {} : { 'codec.mjs': source };
    const files = await TemporaryGame.make(gameWith('./codec.mjs', { modules }));
    await expect(start(files)).rejects.toMatchObject({
      code: 'CODEC_INVALID',
      message: expect.stringMatching(reason),
    });
  });

  it('tries that of the app, too', async () => {
    const nothing = { name: 'nothing', encode: () => undefined as never, decode: () => undefined };
    const files = await TemporaryGame.make({ ...gameWith('msgpackr'), app: (app) => app.rpcCodec(nothing) });
    await expect(start(files)).rejects.toMatchObject({
      code: 'CODEC_INVALID',
      facts: { codec: 'nothing', reason: 'encode gave undefined, and no bytes' },
    });
  });
});
