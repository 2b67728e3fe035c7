import type { LogFacts, Logger } from '@pomelo-ts/common';
import { silentLogger } from '@pomelo-ts/common';
import { encodePackage, packageType } from '@pomelo-ts/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGame, startGame } from '../../framework/core/test/running-game.js';
import { bytesOf } from '../../framework/protocol/test/hex.js';
import { browserVectors, sampleProtos, vectors } from '../../framework/protocol/test/protobuf/vectors.js';
import { RawClient } from '../helpers/raw-client.js';

const routes = ['connector.handler.echo', 'chat.handler.echo', 'connector.handler.proto'];

function message(head: string, route: string, body: string): string {
  const bytes = Buffer.from(route);
  return `${head}${bytes.length.toString(16).padStart(2, '0')}${bytes.toString('hex')}${body}`;
}

/** Messages and packages as clients of both peers write them, for routes that are there: the seeds of random edits. */
const bodies = ['7b7d', '', '5b5d', '6e756c6c', ...[...vectors, ...browserVectors].map(([, , hex]) => hex)];
const messages = [
  ...routes.flatMap((route) => bodies.map((body) => message('0001', route, body))),
  ...routes.map((route) => message('02', route, '7b7d')),
  ...['0100010001', '01ac0200017b7d', '0301027b7d', '04017b7d', '06036f6e587b7d', '14057b7d', '008080808008'],
].map(bytesOf);
const packages = ['010000027b7d', '02000000', '03000000', '050000107b22726561736f6e223a22627965227d'].map(
  bytesOf,
);
const seeds = [...packages, ...messages.map((bytes) => encodePackage(packageType.data, bytes))];

const edit = fc.tuple(fc.nat(64), fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255)));
const edited = fc
  .tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 }), fc.nat(2))
  .map(([seed, edits, cut]) => {
    const bytes = seed.slice(0, Math.max(1, seed.length - cut));
    for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
    return bytes;
  });
/** A data package that is whole, around any message: these get past the package layer. */
const wrapped = fc
  .tuple(fc.constantFrom(...messages), fc.array(edit, { maxLength: 4 }))
  .map(([seed, edits]) => {
    const bytes = seed.slice();
    for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
    return encodePackage(packageType.data, bytes);
  });
const anyBytes = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 100 }) },
  { weight: 2, arbitrary: edited },
  { weight: 4, arbitrary: wrapped },
);

/** Keeps what is logged as an error: no bytes of a client are a reason for that. */
class ErrorLog {
  readonly lines: unknown[] = [];
  readonly logger: Logger = {
    ...silentLogger,
    error: (text: string, facts?: LogFacts) => void this.lines.push([text, facts?.['error']]),
    child: () => this.logger,
  };
}

describe('any bytes of a client', () => {
  const log = new ErrorLog();
  let game: RunningGame;
  let healthy: RawClient;
  beforeAll(async () => {
    const handler = () => ({ echo: (msg: unknown) => msg, proto: (msg: unknown) => msg });
    game = await startGame(
      {
        servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
        handlers: { connector: { handler }, chat: { handler } },
        config: { clientProtos: { 'connector.handler.proto': sampleProtos['t'], ...sampleProtos } },
        settings: { client: { maxPackageBytes: 4096 } },
      },
      { logger: log.logger },
    );
    healthy = await RawClient.join(game.port('connector-1'));
  });
  afterAll(async () => {
    await healthy[Symbol.asyncDispose]();
    await game[Symbol.asyncDispose]();
  });

  const oneClient = fc.record({
    transport: fc.constantFrom<'ws' | 'tcp'>('ws', 'tcp'),
    when: fc.constantFrom('before the handshake', 'after it'),
    parts: fc.array(anyBytes, { minLength: 1, maxLength: 12 }),
    cuts: fc.array(fc.nat(300), { maxLength: 6 }),
  });

  async function joined({ transport, when }: { transport: 'ws' | 'tcp'; when: string }): Promise<RawClient> {
    const port = game.port('connector-1');
    return when === 'after it' ? RawClient.join(port, { transport }) : RawClient.connect(port, { transport });
  }

  it('over WebSocket and TCP, cut anywhere, cost that connection at most, and nothing else', async () => {
    let closed = 0;
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(oneClient, { minLength: 1, maxLength: 8 }), async (cases) => {
        const clients = await Promise.all(cases.map(joined));
        for (const [n, { transport, parts, cuts }] of cases.entries()) {
          const bytes = Buffer.concat(parts);
          const edges = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
          // A stream may be cut anywhere; frames hold whole packages.
          const pieces =
            transport === 'tcp' ? edges.slice(1).map((end, i) => bytes.subarray(edges[i], end)) : parts;
          for (const piece of pieces)
            if (clients[n]!.closeCode === undefined && piece.length > 0) clients[n]!.send(piece);
        }
        expect(await healthy.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
        expect(await healthy.request('chat.handler.echo', { n: 2 })).toEqual({ n: 2 });
        for (const client of clients) {
          if (client.closeCode !== undefined) closed++;
          answered += client.answers.length;
        }
        await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
      }),
      { numRuns: 200 },
    );
    expect(log.lines).toEqual([]);
    expect(game.count('connector-1', 'client.faults.internal')).toBe(0);
    expect(game.count('connector-1', 'rpc.lostConnections')).toBe(0);
    // The cases reached what they are for.
    expect(closed).toBeGreaterThan(20);
    expect(answered).toBeGreaterThan(20);
    await expect.poll(() => game.servers.get('connector-1')!.connections).toBe(1);
  });
});
