import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { mostLooked, SendQueues } from '../../src/acceptor/send-queues.js';
import type { ClientLink } from '../../src/client-link.js';

const maxBytes = 1000;

/** A client for which so much waits, and how often somebody has looked at it. */
class Client implements ClientLink {
  readonly address = '192.0.2.1';
  readonly hostHeader = undefined;
  readonly localAddress = undefined;
  looks = 0;
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get queuedBytes(): number {
    this.looks++;
    return this.#bytes;
  }

  reads(): void {
    this.#bytes = 0;
  }

  answer(): void {}
  push(): boolean {
    return true;
  }
  kick(): void {}
  drop(): void {}
}

function queues() {
  const clock = new FakeClock();
  const all = new SendQueues(maxBytes, clock);
  const next = () => {
    clock.pass(1000);
    return all.waiting;
  };
  return { all, next };
}

describe('what waits for the clients of a frontend', () => {
  it('is the sum, the most, and how many have more than half of what they may', () => {
    const { all, next } = queues();
    for (const bytes of [100, 500, 501, 900]) all.note(new Client(bytes));
    expect(next()).toEqual({ sum: 2001, largest: 900, slow: 2 });
  });

  it('is looked for once for all that ask at the same time', () => {
    const { all, next } = queues();
    const client = new Client(100);
    all.note(client);
    all.note(client);
    next();
    expect([all.waiting.sum, all.waiting.largest, all.waiting.slow]).toEqual([100, 100, 0]);
    expect(client.looks).toBe(1);
  });

  it('is forgotten of clients that have read all, or gone', () => {
    const { all, next } = queues();
    const [reader, leaver] = [new Client(100), new Client(200)];
    for (const one of [reader, leaver]) all.note(one);
    expect(next().sum).toBe(300);
    reader.reads();
    all.forget(leaver);
    expect(next()).toEqual({ sum: 0, largest: 0, slow: 0 });
    next();
    expect([reader.looks, leaver.looks]).toEqual([2, 1]);
  });

  it('is found in several looks, each bounded, when very many are behind, and told when all were seen', () => {
    const { all, next } = queues();
    const clients = Array.from({ length: 2 * mostLooked + 1 }, () => new Client(10));
    for (const one of clients) all.note(one);
    const looked = () => clients.reduce((sum, { looks }) => sum + looks, 0);
    expect([next().sum, looked()]).toEqual([0, mostLooked]);
    all.note(new Client(1)); // who comes later is of the next pass
    expect([next().sum, looked()]).toEqual([0, 2 * mostLooked]);
    expect([next().sum, looked()]).toEqual([10 * clients.length, clients.length]);
    for (const one of clients.slice(1)) all.forget(one);
    expect(next().sum).toBe(11);
  });

  it('is told though clients go while a pass is under way', () => {
    const { all, next } = queues();
    const clients = Array.from({ length: mostLooked + 5 }, () => new Client(10));
    for (const one of clients) all.note(one);
    next();
    for (const one of clients.slice(2)) all.forget(one);
    expect(next().sum).toBe(10 * mostLooked); // those that the pass had seen
    expect(next().sum).toBe(20);
  });
});
