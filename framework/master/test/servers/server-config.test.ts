import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import type { RunningValue } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { redactedValue } from '../../src/audit/redacted.js';
import { ServerConfigs } from '../../src/servers/server-config.js';
import { RestartPolicy } from '../../src/supervisor/restart-policy.js';
import { ServerRecord } from '../../src/supervisor/server-record.js';
import { Topology } from '../../src/topology.js';
import { entry } from '../supervisor-bench.js';

const servers = {
  chat: [
    { id: 'chat', port: 6001 },
    { id: 'chat.1', port: 6002, area: 3 },
  ],
};
const settings = { rpc: { timeout: '5s' }, log: { level: 'warn' } };

/** The files of a game, and what a master that has read them knows of its servers. */
class ConfigBench {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-server-config-'));
  readonly topology: Topology;
  readonly records = new Map<string, ServerRecord>();

  constructor(files: Readonly<Record<string, unknown>> = {}) {
    this.write({ 'app.js': '', 'app/servers/chat/.keep': '', 'config/servers.json': servers });
    this.write({ 'config/production/settings.json5': settings, ...files });
    this.topology = new Topology(this.read());
    for (const one of this.topology.servers) this.know(one);
  }

  /** What the files say now. */
  read() {
    return loadClusterConfig({ root: this.root, env: 'production' });
  }

  know(one: ServerRecord['entry']): ServerRecord {
    const record = new ServerRecord(one, new RestartPolicy(() => this.topology.config.master.restart));
    this.records.set(one.id, record);
    return record;
  }

  write(files: Readonly<Record<string, unknown>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  of(id: string) {
    const supervisor = {
      record: (one: string) => this.records.get(one)!,
      running: (one: string) => this.records.get(one)?.running,
    };
    const parts = { topology: this.topology, supervisor, shown: redactedValue, secretFrom: 'the file .x' };
    return new ServerConfigs(parts).of(id);
  }

  /** The value at a path. */
  async at(id: string, path: string): Promise<RunningValue | undefined> {
    return (await this.of(id)).values.find((value) => value.path === path);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

const file = 'config/production/settings.json5';

describe('what a server runs with', () => {
  it('is told with the file and place of each value, and of no other server, whatever that is called', async () => {
    using bench = new ConfigBench({
      'config/crons.json5': { 'chat.1': [{ id: 'tick', time: '0 0 3 * * *', action: 'chatCron.tick' }] },
    });
    const { values, problem } = await bench.of('chat.1');
    expect(problem).toBeUndefined();
    expect(values).toContainEqual({ path: 'secret', value: '***', from: 'the file .x' });
    expect(values).toContainEqual({
      ...{ path: 'server.port', value: 6002, from: 'config/servers.json chat[1].port' },
    });
    expect(values).toContainEqual({
      ...{ path: 'settings.rpc.timeout', value: '5s', from: `${file} rpc.timeout` },
    });
    expect(values).toContainEqual({ path: 'settings.rpc.maxPending', value: 10_000, from: 'default' });
    expect(values.find(({ path }) => path === 'crons.chat.1')).toMatchObject({ value: [{ id: 'tick' }] });
    const other = (await bench.of('chat')).values;
    expect(other.filter(({ path }) => path.startsWith('server.')).map(({ value }) => value)).not.toContain(3);
    expect(other.filter(({ path }) => path.startsWith('crons.'))).toEqual([]);
  });

  it('has no password in it: neither by a name, nor in a URL, nor deep in what is the game’s own', async () => {
    const own = {
      dbPassword: 'opensesame',
      db: { url: 'redis://me:opensesame@10.0.0.9/1', apiKey: 'opensesame' },
    };
    using bench = new ConfigBench({ 'config/servers.json': { chat: [{ id: 'chat', port: 6001, ...own }] } });
    const { values } = await bench.of('chat');
    expect(JSON.stringify(values)).not.toContain('opensesame');
    expect(values).toContainEqual(expect.objectContaining({ path: 'server.dbPassword', value: '***' }));
    expect(values.find(({ path }) => path === 'server.db')?.value).toEqual({
      ...{ url: 'redis://me:***@10.0.0.9/1', apiKey: '***' },
    });
  });

  it('is what it was started with where the files say something else by now, which is told beside it', async () => {
    using bench = new ConfigBench();
    bench.write({ [file]: { rpc: { timeout: '7s' } } });
    bench.write({ 'config/servers.json': { chat: [{ id: 'chat', port: 6009 }] } });
    expect(await bench.at('chat', 'settings.rpc.timeout')).toEqual({
      ...{ path: 'settings.rpc.timeout', value: '5s', from: 'the files before they were changed' },
      now: { value: '7s', from: `${file} rpc.timeout` },
    });
    expect(await bench.at('chat', 'server.port')).toMatchObject({ value: 6001, now: { value: 6009 } });
    expect(await bench.at('chat', 'settings.log.level')).toMatchObject({
      ...{ value: 'warn', now: { value: 'info', from: 'default' } },
    });
    const gone = { from: 'the files before they were changed', now: { from: 'not in the files' } };
    expect(await bench.at('chat.1', 'server.area')).toEqual({ path: 'server.area', value: 3, ...gone });
    bench.write({
      'config/servers.json': {
        chat: [
          { id: 'chat', port: 6001 },
          { id: 'chat.1', port: 6002 },
        ],
      },
    });
    expect(await bench.at('chat.1', 'server.area')).toEqual({ path: 'server.area', value: 3, ...gone });
  });

  it('has what changes while it runs from the configuration that was applied, and all else from its start', async () => {
    using bench = new ConfigBench();
    const record = bench.records.get('chat')!;
    record.outdated = true;
    record.startedAs = bench.topology.config;
    bench.write({ [file]: { rpc: { timeout: '7s' }, log: { level: 'error' } } });
    bench.topology.replaceBase(bench.read());
    expect(await bench.at('chat', 'settings.log.level')).toEqual({
      ...{ path: 'settings.log.level', value: 'error', from: `${file} log.level` },
    });
    expect(await bench.at('chat', 'settings.rpc.timeout')).toMatchObject({
      value: '5s',
      now: { value: '7s' },
    });
  });

  it('is told without origins, and why, while the files cannot be read', async () => {
    using bench = new ConfigBench();
    bench.write({ [file]: '{ rpc: ' });
    const { values, problem } = await bench.of('chat');
    expect(problem).toContain('the files cannot be read');
    expect(problem).toContain(file);
    expect(values).toContainEqual({ path: 'settings.rpc.timeout', value: '5s', from: 'not known' });
    expect(values).toContainEqual({ path: 'server.port', value: 6001, from: 'not known' });
  });

  it('comes from an operator for a server that was added while the cluster runs', async () => {
    using bench = new ConfigBench();
    const added = entry('chat-9', { type: 'chat', port: 6099 });
    bench.topology.add([added]);
    bench.know(added);
    expect(await bench.at('chat-9', 'server.port')).toEqual({
      ...{ path: 'server.port', value: 6099 },
      from: 'added by an operator (.pomelo-ts/topology.production.json)',
    });
  });
});
