// A master's end of the links without what starts processes, for servers that a test has started on several hosts itself. Its first
// line of input is JSON {root, host, port, roots} (ClusterKeys.roots). It writes a line of JSON for each change: the registry's whole view, and losses.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { ClusterKeys, MemoryStore, serverSettings } from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { FileNotes, LeaseService } from '@pomelo-ts/cluster/leases';
import { LinkHub, RevisionFile } from '@pomelo-ts/cluster/masters';
import { SecureDoor } from '@pomelo-ts/common/internal';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { root, host, port, roots } = JSON.parse((await lines.next()).value);
const config = loadClusterConfig({ root, env: 'production' });
const byId = new Map(config.servers.map((server) => [server.id, serverSettings(config, server, 'process')]));
const store = new MemoryStore({ revisions: new RevisionFile({ root }) });
const leases = new LeaseService({ store, notes: new FileNotes({ root }) });
const { heartbeatMs, heartbeatTimeoutMs: deadMs } = config.master;
const hub = new LinkHub({
  serverIds: () => [...byId.keys()],
  settingsOf: (id) => byId.get(id),
  onServer: (id, bootId, command, args) => leases.serve({ id, bootId }, command, args),
  heartbeatMs,
  deadMs,
});
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const view = () => hub.registry.all.map(({ id, bootId, state }) => `${id} ${bootId} ${state}`).sort();
hub.registry.onDelta(() => setImmediate(() => say({ view: view() })));
hub.on('serverLost', ({ id, reason }) => say({ lost: id, reason }));
hub.admit(...byId.keys());
const door = new SecureDoor({
  keyOf: ClusterKeys.ofRoots(roots).linkKey,
  met: (stream, who, from) => hub.accept(stream, who, from),
  refused: () => {},
});
createServer((socket) => door.accept(socket)).listen(port, host, () => say({ listening: true }));
if ((await lines.next()).done) process.exit(0); // whoever has started it is gone
