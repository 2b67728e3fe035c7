import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { encoded, LinkChannel } from '../../src/link/channel.js';

/** An end that keeps what it is written, each write by itself. */
class Sink extends Duplex {
  readonly writes: string[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)).toString());
    done();
  }
}

const namesIn = (write: string) => [...write.matchAll(/"t":"(\w+)"/g)].map(([, name]) => name);

it('has what many are told within a tick leave together, and what it is told itself in its place among that', async () => {
  const sink = new Sink();
  const channel = new LinkChannel(sink, 'chat-1');
  const [beat, delta] = [encoded({ t: 'beat' }), encoded({ t: 'delta' })];
  channel.send({ t: 'accepted' });
  expect(sink.writes.map(namesIn)).toEqual([['accepted']]);
  channel.sendEncoded(beat);
  channel.send({ t: 'stop' });
  channel.sendEncoded(delta);
  expect(sink.writes).toHaveLength(1);
  await new Promise(setImmediate);
  expect(sink.writes.map(namesIn)).toEqual([['accepted'], ['beat', 'stop', 'delta']]);
  channel.sendEncoded(beat);
  channel.close();
  await new Promise(setImmediate);
  expect(sink.writes.map(namesIn).at(-1)).toEqual(['beat']);
});
