import { FakeClock } from '@pomelo-ts/common/testing';
import type { Problem } from '@pomelo-ts/views';
import { expect, it } from 'vitest';
import type { HostFacts } from '../../src/processes/process-host.js';
import { HostPages } from '../../src/servers/host-pages.js';
import { truthfulFacts } from '../hosts/lying-host.js';

const row = (id: string, more: object = {}) => ({
  ...{ id, type: 'chat', state: 'ready' as const, host: '10.0.0.2', frontend: false, restarts: 0 },
  ...more,
});
const rows = [
  row('chat-1', { pid: 17, cpu: 0.5, rssBytes: 100, uptime: 60 }),
  row('chat-2', { state: 'gone', lastError: 'it hung and was killed', end: 'hang' }),
  row('chat-3', { state: 'down', end: 'stopped' }),
];
const problem = { severity: 'page', what: 'gone', since: 1, next: 'logs' } as const;
const problems: readonly Problem[] = [
  { ...problem, key: '1', about: 'chat-2' },
  { ...problem, key: '2', about: 'gate-1' },
];

/** The pages of one host that has so much to tell, and how often it was asked. */
function pagesOf(facts: () => Promise<HostFacts>, connected = true) {
  const clock = new FakeClock();
  const asked = { times: 0 };
  const host = {
    answers: async () => connected,
    facts: () => {
      asked.times++;
      return facts();
    },
  };
  const pages = new HostPages({
    hosts: { get: () => host as never },
    select: () => rows.map(({ id }) => id),
    rows: () => [...rows, row('gate-1')],
    problems: async () => problems,
    clock,
  });
  return { pages, clock, asked };
}

const disk = { folder: 'logs', freeBytes: 5, sizeBytes: 9 };
const told = { ...truthfulFacts, disks: [disk] };

it('a page of a host has its machine, its disks, what is wrong there, and its servers with their processes and ends', async () => {
  const { pages } = pagesOf(async () => told);
  const page = await pages.of('10.0.0.2');
  expect(page).toMatchObject({
    ...{ host: '10.0.0.2', total: 3, problems: [{ about: 'chat-2' }] },
    machine: { cpus: 2, load: [0.5, 0.2, 0.1], freeMemoryBytes: 2 ** 33, disks: [disk] },
  });
  expect(page.servers).toEqual([
    { id: 'chat-2', state: 'gone', end: 'it hung and was killed' },
    { id: 'chat-1', state: 'ready', pid: 17, cpu: 0.5, memoryBytes: 100, up: 60 },
    { id: 'chat-3', state: 'down', end: 'stopped' },
  ]);
  expect(page).not.toHaveProperty('silent');
});

it('however many look at a host, it is asked once in two seconds', async () => {
  const { pages, clock, asked } = pagesOf(async () => told);
  await Promise.all([pages.of('10.0.0.2'), pages.of('10.0.0.2')]);
  clock.pass(1900);
  await pages.of('10.0.0.2');
  expect(asked.times).toBe(1);
  clock.pass(200);
  await pages.of('10.0.0.2');
  expect(asked.times).toBe(2);
});

it('a host that tells nothing has its servers all the same, and no connection is opened for a look', async () => {
  const { pages, asked } = pagesOf(async () => told, false);
  expect(await pages.of('10.0.0.2')).toMatchObject({
    silent: expect.stringContaining('no connection'),
    total: 3,
  });
  expect(asked.times).toBe(0);
  const failing = pagesOf(() => Promise.reject(new Error('it is gone')));
  expect(await failing.pages.of('10.0.0.2')).toMatchObject({ silent: 'it is gone', total: 3 });
});
