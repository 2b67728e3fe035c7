import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import { handedOutPorts } from '@pomelo-ts/common/internal';
import type { HostFacts, ServerRow } from '@pomelo-ts/master';
import { describe, expect, it } from 'vitest';
import { checkHosts, checkNames } from '../../src/doctor/check-hosts.js';
import { checkLimits } from '../../src/doctor/check-limits.js';
import { checkPorts } from '../../src/doctor/check-ports.js';
import { checkSecret } from '../../src/doctor/check-secret.js';
import { checkServers } from '../../src/doctor/check-servers.js';
import type { Check, Finding, Patient } from '../../src/doctor/finding.js';
import { showFinding } from '../../src/doctor/show-finding.js';

const server = (id: string, more: Partial<ServerEntry> = {}) =>
  ({ id, type: 'chat', host: '127.0.0.1', frontend: false, ...more }) as ServerEntry;
const facts = (serverId: string, more: Partial<HostFacts> = {}): HostFacts => ({
  host: '10.0.0.1',
  hostname: `host-of-${serverId}`,
  serverId,
  node: 'v20.20.2',
  clockOffsetMs: 3,
  roundMs: 10,
  ...more,
});
const row = (id: string, more: Partial<ServerRow> = {}) =>
  ({ id, state: 'ready', build: '1.0.0', ...more }) as ServerRow;

/** What a check says of a cluster that is well but for these things. */
async function found(
  check: Check,
  { servers = [], ...more }: Partial<Patient> & { servers?: readonly ServerEntry[] },
): Promise<readonly Finding[]> {
  const config = {
    servers,
    master: { masters: [{ host: '127.0.0.1', port: 3005 }] },
    settings: { client: {} },
  } as unknown as ClusterConfig;
  const look = Promise.resolve({ asMaster: true, seen: new Map(), unusable: new Map() });
  return check({
    ...{
      root: '/',
      env: 'production',
      config,
      problem: undefined,
      rows: [],
      hosts: [],
      noMaster: undefined,
      masterPid: undefined,
      ownPids: new Set(),
      look,
    },
    ...more,
  });
}

const told = (findings: readonly Finding[]) => findings.map(({ state, text }) => `${state}: ${text}`);

describe('doctor on ports', () => {
  it('tells of those that the system may give to outgoing connections, and what keeps them', async () => {
    const { lowest } = handedOutPorts()!;
    const servers = [
      server('chat-1', { port: lowest + 101 }),
      server('chat-2', { port: lowest + 102 }),
      server('connector-1', { port: 12_007, clientPort: lowest + 200 }),
      server('chat-9', { host: '192.0.2.7', port: lowest + 300 }),
    ];
    const notes = (await found(checkPorts, { servers })).filter(({ state }) => state === 'note');
    expect(notes).toEqual([
      {
        check: 'ports',
        state: 'note',
        text: expect.stringContaining(`3 ports of this host, such as ${lowest + 101} of chat-1, are among`),
        cure: expect.stringContaining(
          `ip_local_reserved_ports=${lowest + 101}-${lowest + 102},${lowest + 200} keeps it`,
        ),
      },
    ]);
    const below = await found(checkPorts, { servers: [server('chat-1', { port: 12_007 })] });
    expect(below.map(({ state }) => state)).not.toContain('note');
  });
});

describe('doctor on servers', () => {
  it('tells of two hosts whose servers cannot reach each other, once', async () => {
    const rows = [
      row('chat-1', { host: '10.0.0.1', unreached: ['connector-2', 'connector-3'] }),
      row('connector-2', { host: '10.0.0.2', unreached: ['chat-1'] }),
      row('connector-3', { host: '10.0.0.2', unreached: ['chat-1'] }),
    ];
    const findings = await found(checkServers, { rows });
    expect(findings.filter(({ check }) => check === 'network')).toEqual([
      {
        check: 'network',
        state: 'wrong',
        text: 'servers on 10.0.0.1 and 10.0.0.2 cannot reach each other: chat-1 → connector-2, chat-1 → connector-3, connector-2 → chat-1 and 1 more',
        cure: expect.stringContaining('firewalls between the two'),
      },
    ]);
  });

  it('tells of those that have failed, with their last error and the log to read', async () => {
    const findings = await found(checkServers, {
      rows: [row('chat-1', { state: 'failed', lastError: 'exit code 1: Error: no' }), row('chat-2')],
    });
    expect(findings[0]).toEqual({
      check: 'servers',
      state: 'wrong',
      text: 'chat-1 is failed: exit code 1: Error: no',
      cure: 'pomelo-ts logs chat-1; then pomelo-ts start -i chat-1',
    });
  });

  it('goes on without a master that leads, and tells why none was asked', async () => {
    const standby = new PomeloError('NO_LEADER', { host: '10.0.0.1', port: 3005 });
    expect((await found(checkServers, { rows: undefined, noMaster: standby }))[0]).toMatchObject({
      state: 'wrong',
      text: expect.stringContaining('No master leads now'),
      cure: expect.stringContaining('store'),
    });
    const left = new PomeloError('NO_MASTER', {
      directory: '/game',
      left: '; 2 servers of a former one live on',
    });
    expect(told(await found(checkServers, { rows: undefined, noMaster: left }))).toEqual([
      'note: none runs for this folder, so nobody was asked; 2 servers of a former one live on',
    ]);
  });

  it('notes servers of another build, and those that wait for their restart', async () => {
    const findings = await found(checkServers, {
      rows: [row('chat-1', { build: '0.9.0' }), row('chat-2', { outdated: true })],
    });
    expect(told(findings)).toEqual([
      'fine: 2 servers of 2 ready',
      'note: chat-2: with values of before a change',
      'note: servers run different builds: 0.9.0, 1.0.0',
    ]);
  });
});

describe('doctor on hosts', () => {
  it('tells of a clock that is off by more than the question can have taken', async () => {
    const hosts = [
      facts('a'),
      facts('b', { clockOffsetMs: -90_000 }),
      facts('c', { clockOffsetMs: 1400, roundMs: 900 }),
    ];
    expect(told(await found(checkHosts, { hosts }))[0]).toBe(
      "wrong: the clock of 10.0.0.1 (host-of-b) is 90 s behind the master's",
    );
    expect(told(await found(checkHosts, { hosts: [facts('a')] }))).toContain(
      "fine: 1 host is within 1 s of the master's",
    );
  });

  it('tells of a Node that is too old, and whose it is', async () => {
    const hosts = [facts('a', { node: 'v20.18.1' }), facts('b', { node: 'v22.1.0' })];
    expect(told(await found(checkHosts, { hosts }))).toContain(
      'wrong: Node v20.18.1 runs a; pomelo-ts needs 20.19',
    );
  });

  it('tells of names that nobody knows, and of servers that other hosts cannot call', async () => {
    const nowhere = server('chat-1', { host: 'nowhere.invalid' });
    const findings = await found(checkNames, { servers: [nowhere, server('chat-2')] });
    expect(told(findings)).toEqual([
      expect.stringMatching(/^wrong: the name nowhere\.invalid cannot be found \(\w+\), for chat-1$/),
      'wrong: servers at 127.0.0.1 cannot be called from the other hosts of the topology',
    ]);
  });

  it('only notes a name for clients that this host does not know', async () => {
    const frontend = server('gate-1', { clientHost: 'play.invalid', frontend: true });
    expect(told(await found(checkNames, { servers: [frontend] }))).toEqual([
      expect.stringMatching(/^note: the name play\.invalid/),
    ]);
  });
});

describe('doctor on limits', () => {
  it('compares max-connections with what the server itself may open', async () => {
    const servers = [
      server('connector-1', { frontend: true, maxConnections: 900 }),
      server('connector-2', { frontend: true, maxConnections: 700 }),
    ];
    const hosts = servers.map(({ id }) => facts(id, { openFiles: 1024 }));
    const [finding, ...more] = await found(checkLimits, { servers, hosts });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      state: 'wrong',
      text: 'connector-1 lets 900 clients in, but ulimit -n of it is 1024, which is enough for 720',
      cure: expect.stringContaining('ulimit -n 1216'),
    });
  });
});

describe('doctor on the secret', () => {
  it('reminds of one that is being replaced', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-doctor-'));
    try {
      mkdirSync(join(root, '.pomelo-ts'));
      const write = (name: string, secret: string) =>
        writeFileSync(join(root, '.pomelo-ts', name), secret, { mode: 0o600 });
      write('secret', 'the new secret of a test');
      expect(told(await found(checkSecret, { root }))).toEqual(['fine: from the file .pomelo-ts/secret']);
      write('previous-secret', 'the secret before of a test');
      expect(told(await found(checkSecret, { root }))).toEqual([
        'note: from the file .pomelo-ts/secret; the one before it is taken as well',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('words of servers and hosts in the report of doctor', () => {
  const forged = 'a\n✔ servers  all is well\u001b[32m';

  it('are one line each, whatever a server calls itself', async () => {
    const hosts = [facts('chat-1', { hostname: forged, node: `v1${forged}`, clockOffsetMs: 90_000 })];
    const rows = [row('chat-1', { state: 'failed', lastError: forged, build: forged, unreached: [forged] })];
    const findings = [...(await found(checkHosts, { hosts })), ...(await found(checkServers, { rows }))];
    const words = findings.filter(({ text }) => text.includes('all is well'));
    expect(words.map(({ check }) => check)).toEqual(['clocks', 'node', 'servers', 'network', 'builds']);
    for (const { text } of words) expect(text).toContain('a\\n✔ servers  all is well\\u001b[32m');
  });

  it('cannot look like a finding of their own where a text has several lines', () => {
    const finding: Finding = { check: 'ssh', state: 'wrong', text: forged, cure: forged };
    const lines = showFinding(finding, (_, text) => text).split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {11}/);
  });
});

describe('doctor on a master that runs and cannot be asked', () => {
  it('names it and the reason, and does not ask for another start', async () => {
    const noMaster = new PomeloError('SECRET_FILE_OPEN', { file: '.pomelo-ts/secret', mode: '0644' });
    const findings = await found(checkServers, { rows: undefined, noMaster, masterPid: 77 });
    expect(told(findings)).toEqual([
      expect.stringMatching(/^wrong: the master \(pid 77\) runs and could not be asked: .*mode 0644/),
    ]);
    expect(findings[0]!.cure).not.toContain('start');
  });
});
