import { describe, expect, it } from 'vitest';
import { checkStart } from '../../src/hosts/start-checks.js';
import type { HostFacts } from '../../src/processes/process-host.js';

const facts: HostFacts = {
  node: '20.19.0',
  buildId: '1.0.0',
  platform: 'linux',
  cpus: 2,
  memoryBytes: 4096 * 1024 * 1024,
  freeMemoryBytes: 0,
  load: [],
  openFiles: 1024,
  taskset: true,
  time: 0,
  disks: [],
};
const server = { id: 'connector-1', args: [] };
const check = (more: object, own: object = {}) =>
  checkStart('10.0.0.2', { ...facts, ...own }, [{ ...server, ...more }]);

describe('a host before a start', () => {
  it('with too few files for the clients of a frontend gets a warning with the figures', () => {
    expect(check({ maxConnections: 720 })).toEqual([]);
    expect(check({ maxConnections: 721 })).toEqual([
      expect.stringMatching(
        /^connector-1 is to accept 721 clients, but .* 10.0.0.2 may open 1024 files, .* for 720: expected ulimit -n of at least 1026 /,
      ),
    ]);
    const { openFiles: _, ...limitless } = facts;
    expect(checkStart('h', limitless, [{ ...server, maxConnections: 1_000_000 }])).toEqual([]);
  });

  it('with less memory than the heaps of its servers in all gets a warning', () => {
    const heap = (mebibytes: number) => ({ ...server, args: [`--max-old-space-size=${mebibytes}`] });
    expect(checkStart('h', facts, [heap(2048), heap(2048)])).toEqual([]);
    expect(checkStart('h', facts, [heap(2048), heap(2049)])).toEqual([
      expect.stringContaining(
        '2 servers on h may use 4097 MiB of heap in all (--max-old-space-size), but it has 4096',
      ),
    ]);
  });

  it.each([0, 1, '0-1', '0,1', '0-1:1'])('has the cores %s', (cpu) => {
    expect(check({ cpu })).toEqual([]);
  });

  it.each([2, '0-2', '1,7', '0-3:2'])('refuses the cores %s, which it does not have', (cpu) => {
    expect(() => check({ cpu })).toThrow(
      `connector-1 cannot run on the cores ${cpu} of 10.0.0.2: it has the cores 0-1`,
    );
  });

  it('refuses cores where nothing can bind a process to them', () => {
    expect(() => check({ cpu: 0 }, { taskset: false })).toThrow('it has no taskset');
  });
});
