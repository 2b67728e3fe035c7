import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@pomelo-ts/cluster';
import { afterEach, describe, expect, it } from 'vitest';
import { endLeftOperations } from '../../src/long-operations/end-left.js';
import { FileJournal, type OperationJournal, StoreJournal } from '../../src/long-operations/journal.js';
import type { KeptOperation } from '../../src/long-operations/kept-operation.js';

const kept = (id: number, state: KeptOperation['state'] = 'running'): KeptOperation => ({
  id,
  verb: 'servers.restart',
  args: { types: ['chat'] },
  principal: { name: 'ann@desk', via: 'cli' },
  target: 'chat-1',
  state,
  begunAt: '2026-01-01T00:00:00.000Z',
  steps: [{ name: 'chat-1', state: 'begun', life: 'boot-a' }],
});

const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-journal-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const journals: readonly (readonly [string, () => () => OperationJournal])[] = [
  ['files', () => () => new FileJournal(root, 'test')],
  [
    'a store',
    () => {
      const store = new MemoryStore();
      return () => new StoreJournal(store, () => ({}));
    },
  ],
];

describe.each(journals)('a journal in %s', (_, prepare) => {
  it('gives the next master what was written last of each operation', async () => {
    const open = prepare();
    const one = open();
    expect(await one.read()).toEqual([]);
    await one.write(kept(1));
    await one.write(kept(12));
    await one.write(kept(1, 'done'));
    const found = [...(await open().read())].sort((a, b) => a.id - b.id);
    expect(found).toEqual([kept(1, 'done'), kept(12)]);
  });

  it('leaves out what no master has written so', async () => {
    const open = prepare();
    const { target: _, ...untargeted } = kept(1);
    const [step] = kept(1).steps;
    const nonsense: readonly object[] = [
      { ...kept(1), steps: [null] },
      { ...kept(1), steps: [{ ...step, state: 'lost' }] },
      { ...kept(1), steps: [{ ...step, name: 5 }] },
      { ...kept(1), args: null },
      { ...kept(1), principal: { name: 'ann@desk' } },
      { ...kept(1), state: 'lost' },
      { ...kept(1), wish: 'hope' },
      { ...kept(1), begunAt: 'yesterday' },
      { ...kept(1), begunAt: 5 },
      { ...kept(1), pausedUntil: 'tomorrow' },
      { ...kept(1), error: 'broken' },
      { ...kept(1), id: 1.5 },
      untargeted,
      [],
    ];
    for (const one of nonsense) {
      await open().write(one as KeptOperation);
      expect([one, await open().read()]).toEqual([one, []]);
      await open().remove((one as KeptOperation).id);
    }
  });

  it('forgets one', async () => {
    const open = prepare();
    await open().write(kept(1));
    await open().remove(1);
    await open().remove(7);
    expect(await open().read()).toEqual([]);
  });
});

describe('a journal in files', () => {
  it('is readable by its user alone, and leaves out what was cut short', async () => {
    const journal = new FileJournal(root, 'test');
    await journal.write(kept(1));
    const file = (name: string) => join(root, '.pomelo-ts/operations.test', name);
    expect(statSync(file('1.json')).mode & 0o777).toBe(0o600);
    writeFileSync(file('2.json'), JSON.stringify(kept(2)).slice(0, 40));
    writeFileSync(file('3.json'), '{"id":3}');
    expect(await journal.read()).toEqual([kept(1)]);
  });
});

describe('whoever kills everything', () => {
  it('ends what was left, so that the next master does not go on with it', async () => {
    const journal = new FileJournal(root, 'test');
    await journal.write(kept(1, 'done'));
    await journal.write(kept(2, 'paused'));
    expect(await endLeftOperations(root, 'test')).toBe(1);
    expect(await endLeftOperations(root, 'test')).toBe(0);
    const [first, second] = [...(await journal.read())].sort((a, b) => a.id - b.id);
    expect(first).toEqual(kept(1, 'done'));
    expect(second).toMatchObject({
      state: 'ended',
      error: { message: expect.stringContaining('Not done: chat-1.') },
    });
  });
});

describe('a journal in a store', () => {
  it('is written by the master that leads alone', async () => {
    const store = new MemoryStore();
    const office = await store.put('leader', 'a');
    const guard = { key: 'leader', created: office!.created };
    const journal = new StoreJournal(store, () => ({ guard }));
    await journal.write(kept(1));
    await store.delete('leader');
    await store.put('leader', 'b');
    await expect(journal.write(kept(1, 'done'))).rejects.toThrow('leads no more');
    expect(await journal.read()).toEqual([kept(1)]);
  });
});
