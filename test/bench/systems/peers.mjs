import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { allAccept, freePorts } from '../lib/ports.mjs';
import { rpcPair, serversOf } from './system.mjs';

const packages = {
  pinus: ['pinus@1.7.4', 'pinus-rpc@1.7.4', 'reflect-metadata@0.2.2'],
  pomelo: ['pomelo@2.2.7'],
};

const logSettings = {
  pinus: {
    appenders: { out: { type: 'console' } },
    categories: { default: { appenders: ['out'], level: 'warn' } },
  },
  pomelo: { appenders: [{ type: 'console' }], levels: { '[all]': 'WARN' } },
};

/** @typedef {keyof typeof packages} PeerName */

/**
 * Installs a peer once, below the folder for temporary files.
 *
 * @param {PeerName} name
 * @returns {string} the folder that holds its node_modules
 */
function install(name) {
  const folder = join(tmpdir(), 'pomelo-ts-bench-peers', name);
  const done = join(folder, 'installed.txt');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  process.stderr.write(`installing ${packages[name].join(' ')} in ${folder}\n`);
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages[name]], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  writeFileSync(done, packages[name].join('\n'));
  return folder;
}

/**
 * The peer's game with a topology on free ports.
 *
 * @param {string} folder
 * @param {PeerName} name
 * @param {string} installed
 * @param {import('./system.mjs').Topology} topology
 */
async function writeGame(folder, name, installed, topology) {
  const servers = serversOf(topology);
  const ports = await freePorts(2 * servers.length + 1);
  const used = [...ports];
  const next = () => /** @type {number} */ (ports.pop());
  cpSync(fileURLToPath(new URL(`../peers/${name}`, import.meta.url)), folder, { recursive: true });
  symlinkSync(join(installed, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'config'));
  mkdirSync(join(folder, 'logs'));
  const host = '127.0.0.1';
  const master = { id: 'master-1', host, port: next() };
  /** @type {Record<string, { clientPort?: number }[]>} */
  const byType = {};
  for (const { id, type, frontend } of servers) {
    const entry = { id, host, port: next(), ...(frontend ? { frontend, clientPort: next() } : {}) };
    byType[type] = [...(byType[type] ?? []), entry];
  }
  const files = {
    'master.json': { production: master },
    'servers.json': { production: byType },
    'adminUser.json': [{ id: 'user-1', username: 'admin', password: 'admin', level: 1 }],
    'log4js.json': logSettings[name],
  };
  for (const [file, value] of Object.entries(files)) {
    writeFileSync(join(folder, 'config', file), JSON.stringify(value));
  }
  return {
    masterPort: master.port,
    clientPort: byType['connector']?.[0]?.clientPort ?? 0,
    ports: used.filter((port) => !ports.includes(port)),
  };
}

/**
 * @param {PeerName} name
 * @returns {import('./system.mjs').System}
 */
function peer(name) {
  const installed = install(name);
  const program = fileURLToPath(new URL('../peers/rpc.mjs', import.meta.url));
  return {
    name,

    async start(processes, load, topology) {
      const folder = processes.temporaryFolder();
      const { masterPort, clientPort, ports } = await writeGame(folder, name, installed, topology);
      const begin = performance.now();
      processes.start(process.execPath, ['app.js', 'env=production'], { cwd: folder });
      await allAccept(ports, 30_000);
      const startSeconds = (performance.now() - begin) / 1000;
      // Ports open before the servers know each other; a start alone is measured to the ports.
      if (load !== 'many') await sleep(2000);
      const servers = processes.list().filter(({ command }) => / id=\w+-\d+ /.test(command));
      const connector = servers.find(({ command }) => command.includes(' id=connector-1 '));
      if (!connector) throw new Error(`${name} has started no connector`);
      return {
        startSeconds,
        port: clientPort,
        pids: servers.map(({ pid }) => pid),
        holder: connector.pid,
        stop: async () => {
          const cli = join(folder, 'node_modules', '.bin', name);
          const args = ['stop', '-h', '127.0.0.1', '-P', String(masterPort), '-u', 'admin', '-p', 'admin'];
          processes.start(process.execPath, [cli, ...args], { cwd: folder });
          await processes.allEnded(10_000);
        },
      };
    },

    async rpc(processes, job) {
      const [port] = await freePorts(1);
      return rpcPair(
        job,
        () => processes.start(process.execPath, [program, 'serve', name, installed, String(port)]),
        (args) => processes.start(process.execPath, [program, 'call', name, installed, ...args]),
      );
    },
  };
}

/** Both peers, installed. */
export function peers() {
  return [peer('pinus'), peer('pomelo')];
}
