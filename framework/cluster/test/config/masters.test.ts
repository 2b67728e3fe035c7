import { describe, expect, it } from 'vitest';
import { loadClusterConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

const chat = { id: 'chat-server-1', port: 6050 };
const etcd = { kind: 'etcd', endpoints: ['http://10.0.0.1:2379'] };

function masterOf(master: object) {
  using game = gameOf({ chat: [chat] }, { 'config/master.json': master });
  return loadClusterConfig({ root: game.root, env: 'development' }).master;
}

function problemsOf(master: object): string[] {
  try {
    masterOf(master);
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace('config/master.json: ', ''));
  }
  throw new Error('expected CONFIG_INVALID');
}

describe('masters and store of master.json', () => {
  it('are one master that keeps everything itself, where nothing is said', () => {
    expect(masterOf({ host: '10.0.0.9', port: 4005 })).toMatchObject({
      masters: [{ host: '10.0.0.9', port: 4005 }],
      store: { kind: 'memory', ttlMs: 3000 },
    });
  });

  it('name the place of the only master in place of host and port', () => {
    const own = { host: '10.0.0.9', port: 4005 };
    expect(masterOf({ masters: [own] })).toMatchObject({ ...own, masters: [own] });
  });

  it('name several masters and the etcd they share', () => {
    const masters = [{ host: '10.0.0.1' }, { host: '10.0.0.2', port: 3006 }];
    const store = { ...etcd, ttl: '5s', prefix: 'game/', user: 'game', passwordEnv: 'ETCD_PASSWORD' };
    expect(masterOf({ masters, store })).toMatchObject({
      masters: [
        { host: '10.0.0.1', port: 3005 },
        { host: '10.0.0.2', port: 3006 },
      ],
      store: { kind: 'etcd', endpoints: etcd.endpoints, ttlMs: 5000, prefix: 'game/', user: 'game' },
    });
  });

  it('must fit together', () => {
    const two = [{ host: '10.0.0.1' }, { host: '10.0.0.2' }];
    expect(problemsOf({ masters: two })).toEqual([
      'masters: expected one master, since store.kind is "memory", which masters cannot share; several need "etcd", got [{"host":"10.0.0.1"},{"host":"10.0.0.2"}]',
    ]);
    expect(problemsOf({ masters: [] })).toEqual([
      'masters: expected at least one host with its port, got []',
    ]);
    expect(problemsOf({ masters: [two[0], two[0]], store: etcd })).toEqual([
      'masters: expected each master once; 10.0.0.1:3005 is there twice, got [{"host":"10.0.0.1"},{"host":"10.0.0.1"}]',
    ]);
  });

  it('tell what a store lacks, or has too much', () => {
    expect(problemsOf({ store: { kind: 'etcd' } })).toEqual([
      'store.endpoints: expected at least one URL, since kind is "etcd", got nothing',
    ]);
    expect(problemsOf({ store: { endpoints: etcd.endpoints } })).toEqual([
      'store.endpoints: expected nothing here, since kind is "memory"; for etcd, kind must say so, got ["http://10.0.0.1:2379"]',
    ]);
    expect(problemsOf({ store: { ...etcd, endpoints: ['10.0.0.1:2379'] } })).toEqual([
      'store.endpoints[0]: expected a URL such as "http://10.0.0.1:2379", got "10.0.0.1:2379"',
    ]);
    for (const ttl of ['1s', '2500ms'])
      expect(problemsOf({ store: { ...etcd, ttl } })).toEqual([
        `store.ttl: expected whole seconds, at least 2s: etcd grants no others, got "${ttl}"`,
      ]);
  });

  it('name a password together with its user, in one place', () => {
    expect(problemsOf({ store: { ...etcd, user: 'game' } })).toEqual([
      'store.user: expected with it either passwordEnv or passwordFile, got "game"',
    ]);
    expect(problemsOf({ store: { ...etcd, passwordFile: 'secrets/etcd' } })).toEqual([
      'store.passwordFile: expected a user beside it, got "secrets/etcd"',
    ]);
  });
});
