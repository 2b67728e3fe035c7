import { describe, expect, it } from 'vitest';
import { MeasuredTables, measuredParts, parseLogFilter, type ServerMeasures } from '../src/index.js';

const told = (say: number): ServerMeasures => ({
  timings: [
    {
      measure: 'request.duration',
      name: 'chat.say',
      count: say,
      errors: 0.5,
      failed: { error: 1, timeout: 3 },
      p50: 0.01,
      p99: 0.1,
      mean: 0.02,
    },
    { measure: 'request.duration', name: 'chat.slow', count: 10, errors: 0, p50: 1, p99: 2, mean: 1 },
    { measure: 'rpc.call', name: '', count: 1, errors: null, p50: null, p99: null, mean: null },
  ],
  numbers: [
    { measure: 'client.connections', name: '', kind: 'gauge', unit: '', value: 3 },
    { measure: 'client.bytes', name: 'in', kind: 'counter', unit: 'bytes', value: say * 1024 },
  ],
});

describe('what a server has measured', () => {
  it('stands in the part that it is of, what took most time first', () => {
    const tables = new MeasuredTables();
    expect(tables.of('routes', told(2), 0)).toEqual([
      {
        ...{ name: 'request.duration', heads: ['count', 'rate', 'errors', 'p50', 'p99', 'mean'] },
        rows: [
          ['chat.slow', '10', '', '0%', '1.0s', '2.0s', '1.0s'],
          ['chat.say', '2', '', '50% (3 timeout, 1 error)', '10ms', '100ms', '20ms'],
        ],
      },
    ]);
    expect(tables.of('rpc', told(2), 0)[0]?.rows).toEqual([['rpc.call', '1', '', '', '', '', '']]);
    expect(tables.of('runtime', told(2), 0)).toEqual([]);
    expect(measuredParts).toEqual(['routes', 'rpc', 'clients', 'runtime']);
  });

  it('has how much rises each second from the second look on, of what is counted', () => {
    const tables = new MeasuredTables();
    tables.of('clients', told(10), 1000);
    expect(tables.of('clients', told(30), 3000)).toEqual([
      {
        ...{ name: 'figure', heads: ['now', 'rate'] },
        rows: [
          ['client.connections', '3', ''],
          ['client.bytes in', '30K', '10.2k'],
        ],
      },
    ]);
  });
});

it('shows when something began as a date', () => {
  const numbers = [
    { measure: 'process.startTime', name: '', kind: 'gauge', unit: 'seconds', value: 1_700_000_000 } as const,
  ];
  const [table] = new MeasuredTables().of('runtime', { timings: [], numbers }, 0);
  expect(table?.rows).toEqual([['process.startTime', '2023-11-14 22:13:20Z', '']]);
});

it('shows the room on the disk of a server beside its runtime', () => {
  const numbers = [
    { measure: 'disk.free', name: 'logs', kind: 'gauge', unit: 'bytes', value: 5 * 2 ** 30 } as const,
  ];
  const [table] = new MeasuredTables().of('runtime', { timings: [], numbers }, 0);
  expect(table?.rows).toEqual([['disk.free logs', '5.0G', '']]);
});

describe('what is looked for in logs', () => {
  it('is words, words that are not there, and a level; a level that there is not is told with those that there are', () => {
    expect(parseLogFilter('room !bot level:warn')).toEqual({
      words: ['room'],
      without: ['bot'],
      level: 'warn',
    });
    expect(parseLogFilter(' ')).toEqual({});
    expect(() => parseLogFilter('level:loud')).toThrow('expected level:debug, level:info');
  });
});
