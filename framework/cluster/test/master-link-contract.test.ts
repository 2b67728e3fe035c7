import type { Duplex } from 'node:stream';
import { describe, it } from 'vitest';
import type { BlacklistWord } from '../src/blacklist.js';
import type { ServerHandler } from '../src/hub/hub-options.js';
import type { ServerSettings } from '../src/settings-types.js';
import { type ContractMaster, MemoryMaster, masterLinkContract } from '../src/testing.js';
import { LinkBench, type Wire, wires } from './cluster-fixture.js';

const heartbeatMs = 20;

/** The settings of the contract's servers, which it changes. */
function settingsBy(servers: readonly ServerSettings[]): Map<string, ServerSettings> {
  return new Map(servers.map((one) => [one.server.id, one]));
}

/** The real hub, with links that dial it. */
function dialedMaster(
  wire: Wire,
  servers: readonly ServerSettings[],
  onServer: ServerHandler,
): ContractMaster {
  const settings = settingsBy(servers);
  const entries = servers.map(({ server }) => server);
  const settingsOf = (id: string) => settings.get(id);
  const refused = new Map<string, BlacklistWord>();
  const blacklist = () => [...refused.values()];
  const bench = new LinkBench(wire, entries, {
    ...{ settingsOf, onServer, heartbeatMs, blacklist },
    deadMs: 60_000,
  });
  bench.hub.admit(...settings.keys());
  const cut = new Set<string>();
  const over = new Set<string>();
  const streams = new Map<string, Duplex>();
  return {
    join(id, bootId) {
      bench.hub.expect(id, bootId);
      const dial = async (): Promise<Duplex> => {
        if (cut.has(id) || over.has(`${id} ${bootId}`)) throw new Error('the line is cut');
        const stream = await bench.dial({ role: 'server', id });
        streams.set(id, stream);
        return stream;
      };
      return bench.join(id, { bootId, dial });
    },
    ended(id, bootId) {
      over.add(`${id} ${bootId}`); // a process that has ended dials no more
      bench.hub.ended(id, bootId);
    },
    change(changed) {
      settings.set(changed.server.id, changed);
      bench.hub.retell(changed.server.id);
    },
    changeBlacklist(changed) {
      for (const network of changed.remove) refused.delete(network);
      for (const word of changed.add) refused.set(word[0], word);
      bench.hub.tellBlacklist(changed);
    },
    takeNew: (id, takes) => void bench.hub.takeNew(id, takes),
    allStarted: () => bench.hub.allStarted(),
    command: (id, command, args, timeoutMs) =>
      bench.hub.ask(id, command, args, timeoutMs, (answer) => answer),
    connectionsOf: (id) => bench.hub.statsOf(id)?.connections,
    countsOf: (id) => bench.hub.told.of(id)?.counts(),
    cut(id) {
      cut.add(id);
      streams.get(id)?.destroy();
    },
    mend: (id) => void cut.delete(id),
    close: () => bench[Symbol.asyncDispose](),
  };
}

function memoryMaster(servers: readonly ServerSettings[], onServer: ServerHandler): ContractMaster {
  const settings = settingsBy(servers);
  const master = new MemoryMaster({ settingsOf: (id) => settings.get(id), onServer, heartbeatMs });
  return {
    join: async (id, bootId) => master.join({ id, bootId }),
    ended: (id, bootId) => master.ended(id, bootId),
    change(changed) {
      settings.set(changed.server.id, changed);
      master.retell(changed.server.id);
    },
    changeBlacklist: (changed) => master.changeBlacklist(changed),
    takeNew: (id, takes) => master.takeNew(id, takes),
    allStarted: () => master.allStarted(),
    command: (id, command, args, timeoutMs) => master.ask(id, command, args, timeoutMs),
    connectionsOf: (id) => master.statsOf(id)?.connections,
    countsOf: (id) => master.countsOf(id),
    cut: (id) => master.cut(id),
    mend: (id) => master.mend(id),
    close: () => master.close(),
  };
}

describe.each(wires)('a master link that dials over %s', (wire) => {
  const contract = masterLinkContract({ open: (...parts) => dialedMaster(wire, ...parts) });
  for (const { title, run } of contract) it(title, run);
});

describe('a master link in memory', () => {
  for (const { title, run } of masterLinkContract({ open: memoryMaster })) it(title, run);
});
