import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../lib/ports.mjs';
import { rpcPair, serversOf } from './system.mjs';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const cli = join(repository, 'bin', 'pomelo-ts.mjs');

/**
 * A copy of the bench's game with free ports in its topology.
 *
 * @param {string} folder
 * @param {import('./system.mjs').Topology} topology
 * @param {string[]} args for the Node of each server
 * @returns {Promise<number>} the client port of the first connector
 */
async function writeGame(folder, topology, args) {
  const servers = serversOf(topology);
  const ports = await freePorts(2 * servers.length + 1);
  const next = () => /** @type {number} */ (ports.pop());
  cpSync(join(repository, 'test', 'bench', 'app'), folder, { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const master = { host: '127.0.0.1', port: next() };
  /** @type {Record<string, { clientPort?: number }[]>} */
  const byType = {};
  for (const { id, type, frontend } of servers) {
    const entry = {
      id,
      host: '127.0.0.1',
      port: next(),
      args,
      ...(frontend ? { frontend, clientPort: next() } : {}),
    };
    byType[type] = [...(byType[type] ?? []), entry];
  }
  writeFileSync(join(folder, 'config', 'master.json5'), JSON.stringify(master));
  writeFileSync(join(folder, 'config', 'servers.json5'), JSON.stringify(byType));
  if (topology.encryption) {
    const settings = JSON.stringify({ rpc: { encryption: topology.encryption } });
    mkdirSync(join(folder, 'config', 'production'), { recursive: true });
    writeFileSync(join(folder, 'config', 'production', 'settings.json5'), settings);
  }
  return byType['connector']?.[0]?.clientPort ?? 0;
}

/**
 * The servers in what `list --json` printed.
 *
 * @param {string} text
 * @returns {{ pids: number[], holder: number }}
 */
function readList(text) {
  const value = JSON.parse(text);
  /** @type {{ id: string, type: string, pid: number }[]} */
  const rows = Array.isArray(value) ? value : value.servers;
  const servers = rows.filter(({ type }) => type !== 'master');
  const connector = servers.find(({ type }) => type === 'connector');
  if (!connector) throw new Error(`list names no connector: ${text}`);
  return { pids: servers.map(({ pid }) => pid), holder: connector.pid };
}

/**
 * pomelo-ts, with arguments for the Node of each of its servers.
 *
 * @param {string} name
 * @param {string[]} nodeArgs
 * @returns {import('./system.mjs').System}
 */
const pomeloTs = (name, nodeArgs) => ({
  name,

  async start(processes, _load, topology) {
    const folder = processes.temporaryFolder();
    const port = await writeGame(folder, topology, nodeArgs);
    /** @param {string[]} args */
    const run = (...args) =>
      processes.start(process.execPath, [cli, ...args], { cwd: folder }).finish(60_000);
    const begin = performance.now();
    await run('start', '-d', folder, '-e', 'production', '-D');
    const startSeconds = (performance.now() - begin) / 1000;
    return {
      port,
      startSeconds,
      ...readList(await run('list', '--json', '-d', folder)),
      stop: async () => {
        await run('stop', '-d', folder);
        await processes.allEnded(10_000);
      },
    };
  },

  rpc(processes, job) {
    return rpcPair(
      job,
      (args) => processes.startNode('ours/rpc-server.mjs', args, nodeArgs),
      (args) => processes.startNode('ours/rpc-caller.mjs', args, nodeArgs),
    );
  },
});

export const ours = pomeloTs('ours', []);

const unmeasuredModule = new URL('../ours/unmeasured.mjs', import.meta.url).href;

/** Ours, whose handles of measures do nothing. */
export const unmeasured = pomeloTs('unmeasured', ['--import', unmeasuredModule]);
