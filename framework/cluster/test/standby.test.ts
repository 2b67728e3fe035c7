import type { Duplex } from 'node:stream';
import { type LogFacts, reasonOf, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { connectOperator } from '../src/index.js';
import { dialMasters, type LinkIdentity, type MasterAddress, memoryStreams } from '../src/internal.js';
import { type LinkHub, StandbyHub } from '../src/masters.js';
import { entry, LinkBench, until } from './cluster-fixture.js';

const [a, b, c] = [
  { host: '10.0.0.1', port: 3005 },
  { host: '10.0.0.2', port: 3005 },
  { host: '10.0.0.3', port: 3005 },
] as const;
const chat1 = entry('chat-1');

/** Masters by host name; each serves the streams that are dialed to it, or refuses them. */
type Net = Record<string, { accept(stream: Duplex, who: LinkIdentity): void } | undefined>;

const asChat1 = { role: 'server', id: 'chat-1' } as const;
const asOperator = { role: 'operator', id: 'operator' } as const;

function dialerIn(net: Net, dialed: string[], masters: readonly MasterAddress[] = [a, b]) {
  return dialMasters(masters, async ({ host }) => {
    dialed.push(host);
    const master = net[host];
    if (!master) throw new Error(`${host} is down`);
    const [near, far] = memoryStreams();
    master.accept(far, asChat1);
    return near;
  });
}

/** The way to a hub, which can fall silent with its connections open. */
class Silenceable {
  silent = false;
  readonly hub: LinkHub;

  constructor(hub: LinkHub) {
    this.hub = hub;
  }

  accept(stream: Duplex, who: LinkIdentity): void {
    const [middle, far] = memoryStreams();
    stream.on('data', (chunk) => this.silent || middle.write(chunk));
    middle.on('data', (chunk) => this.silent || stream.write(chunk));
    this.hub.accept(far, who);
  }
}

const standby = (leader: () => MasterAddress | undefined) =>
  new StandbyHub({
    leader,
    onOperator: async ({ verb }) => ({ verb, leads: false }),
  });

describe('a server with several masters', () => {
  it('is sent on by a standby to the one that leads', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [a.host]: standby(() => b), [b.host]: bench.hub };
    const link = await bench.join('chat-1', dialerIn(net, dialed));
    expect(link.connected).toBe(true);
    expect(dialed).toEqual([a.host, b.host]);
  });

  it('finds a leader that its list does not have', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [a.host]: standby(() => b), [b.host]: bench.hub };
    await bench.join('chat-1', dialerIn(net, dialed, [a]));
    expect(dialed).toEqual([a.host, b.host]);
  });

  it('passes by those that are down, and begins with the one that worked last', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [b.host]: bench.hub };
    await bench.join('chat-1', dialerIn(net, dialed));
    const next = new LinkBench('memory', [chat1]).hub;
    net[b.host] = next;
    bench.hub.close();
    await until(() => next.registry.get('chat-1'), 'the link to the next master');
    next.close();
    expect(dialed).toEqual([a.host, b.host, b.host]);
  });

  it('asks one after the other while nobody leads', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    let leader: MasterAddress | undefined;
    const net: Net = { [a.host]: standby(() => leader), [b.host]: standby(() => leader) };
    const joining = bench.join('chat-1', dialerIn(net, dialed));
    await until(() => dialed.length >= 3);
    expect(dialed.slice(0, 3)).toEqual([a.host, b.host, a.host]);
    net[b.host] = bench.hub;
    leader = b;
    expect((await joining).connected).toBe(true);
  });

  it('goes on to another master when the one it has is silent', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock });
    bench.hub.admit('chat-1');
    const former = new Silenceable(bench.hub);
    const next = bench.newHub({ clock });
    next.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [a.host]: former, [b.host]: next };
    const link = await bench.join('chat-1', { ...dialerIn(net, dialed), clock });
    former.silent = true;
    await clock.letPass(6000);
    expect(dialed).toEqual([a.host, b.host]);
    expect([link.connected, next.registry.get('chat-1')?.id]).toEqual([true, 'chat-1']);
    former.hub.close();
  });

  it('does not go back to a silent master that a standby still takes for the leader', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock });
    bench.hub.admit('chat-1');
    const former = new Silenceable(bench.hub);
    const next = bench.newHub({ clock });
    next.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [a.host]: former, [b.host]: standby(() => a), [c.host]: next };
    const link = await bench.join('chat-1', { ...dialerIn(net, dialed, [a, b, c]), clock });
    former.silent = true;
    await clock.letPass(6000);
    expect(dialed).toEqual([a.host, b.host, c.host]);
    expect(link.connected).toBe(true);
    former.hub.close();
  });

  it('gives a master that takes the connection and says nothing two seconds, and goes on', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock });
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    const net: Net = { [a.host]: { accept: () => {} }, [b.host]: bench.hub };
    const joining = bench.join('chat-1', { ...dialerIn(net, dialed), clock });
    await clock.letPass(2500);
    expect((await joining).connected).toBe(true);
    expect(dialed).toEqual([a.host, b.host]);
  });

  it('refuses a master whose term is over, and tells so', async () => {
    await using bench = new LinkBench('memory', [chat1], { term: 7 });
    bench.hub.admit('chat-1');
    const dialed: string[] = [];
    const warnings: unknown[] = [];
    const logger = {
      ...silentLogger,
      warn: (_: string, facts?: LogFacts) => void warnings.push(facts?.['error']),
    };
    const net: Net = { [a.host]: bench.hub };
    await bench.join('chat-1', { ...dialerIn(net, dialed), logger });
    const first = bench.hub;
    const old = bench.newHub({ term: 6 });
    old.admit('chat-1');
    net[a.host] = old;
    first.close();
    await until(() => warnings.some((error) => reasonOf(error).includes('its term 6 is over')), 'a warning');
    expect(old.registry.all.map(({ state }) => state)).not.toContain('ready');
    const next = bench.newHub({ term: 8 });
    next.admit('chat-1');
    net[b.host] = next;
    await until(() => next.registry.get('chat-1'), 'the link to the master of the new term');
    old.close();
  });
});

describe('a hub whose master does not lead any more', () => {
  it('tells nobody anything, and ends its links', async () => {
    let leads = true;
    await using bench = new LinkBench('memory', [chat1], { leads: () => leads });
    bench.hub.admit('chat-1');
    let stopped = false;
    const link = await bench.join('chat-1', { onStop: () => (stopped = true) });
    leads = false;
    bench.hub.stop('chat-1', 100);
    await until(() => !link.connected, 'the end of the link');
    expect(stopped).toBe(false);
  });
});

describe('a standby', () => {
  it('answers operators', async () => {
    const hub = standby(() => b);
    const dial = async () => {
      const [near, far] = memoryStreams();
      hub.accept(far, asOperator);
      return near;
    };
    const client = await connectOperator({ dial });
    expect(await client.operate('leader', {})).toEqual({ verb: 'leader', leads: false });
    const lost = client.operate('leader', {});
    hub.close();
    await expect(lost).rejects.toMatchObject({ code: 'LINK_LOST' });
  });
});
