import { PomeloError } from '@pomelo-ts/common';
import { expect, it } from 'vitest';
import { HostedProcess } from '../../src/hosts/hosted-process.js';
import type { LaunchOrder, ProcessHost } from '../../src/processes/process-host.js';

/** A host where nothing can be started, for this reason. */
const hostThat = (error: Error): ProcessHost => ({
  name: 'game-b',
  launch: () => Promise.reject(error),
  left: async () => [],
  ended: () => new Promise(() => {}),
  kill: () => {},
  lastLines: async () => [],
  readLog: () => Promise.reject(error),
  facts: () => Promise.reject(error),
  missingFiles: async () => [],
  acting: async () => undefined,
  elsewhere: async () => [],
  answers: async () => false,
});

const order = { server: { id: 'chat-1' }, boot: { bootId: 'life' } } as LaunchOrder;
const exitFor = (error: Error) => HostedProcess.launch(hostThat(error), order).exited;

it('a host that has to be mended first has not had a server crash, so the server is tried again when it is well', async () => {
  const host = 'game-b';
  for (const error of [
    new PomeloError('HOST_AGENT_FAILED', { host, reason: 'its disk hangs' }),
    new PomeloError('HOST_FAILED', { host, reason: 'spawn ENOMEM' }),
    new PomeloError('SSH_SIGN_IN_FAILED', { host, user: 'game', tried: 'a key', command: 'ssh-copy-id' }),
    new PomeloError('HOST_UNREACHABLE', { host, address: 'game-b:22', reason: 'silence', cure: '' }),
  ])
    expect(await exitFor(error)).toMatchObject({ code: null, signal: null, unreached: true });
});

it('a server that its host refuses to start has failed by itself', async () => {
  const facts = { serverId: 'chat-1', host: 'game-b', term: 3, later: 4, file: 'term' };
  expect((await exitFor(new PomeloError('TERM_OVER', facts))).unreached).toBeFalsy();
  expect((await exitFor(new Error('spawn ENOMEM'))).unreached).toBeFalsy();
});
