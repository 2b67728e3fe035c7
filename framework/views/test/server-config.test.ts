import { describe, expect, it } from 'vitest';
import { configParts } from '../src/index.js';

describe('what a server runs with, for people', () => {
  it('stands in parts, what somebody has written down first, and its place without the name that stands beside it', () => {
    const parts = configParts({
      values: [
        { path: 'secret', value: '***', from: 'the environment variable POMELO_TS_SECRET' },
        { path: 'server.weight', value: 1, from: 'default' },
        { path: 'server.port', value: 6001, from: 'config/servers.json chat[0].port' },
        { path: 'settings.rpc.timeout', value: '5s', from: 'config/settings.json5 production.rpc.timeout' },
        { path: 'settings.log.level', value: 'info', from: 'config/settings.json5 log.level' },
      ],
    });
    expect(parts.map(({ name }) => name)).toEqual(['secret', 'server', 'settings']);
    expect(parts[0]!.lines).toEqual([
      {
        ...{ name: 'secret', value: '***', isDefault: false },
        from: 'the environment variable POMELO_TS_SECRET',
      },
    ]);
    expect(parts[1]!.lines).toEqual([
      { name: 'port', value: '6001', from: 'config/servers.json chat[0]', isDefault: false },
      { name: 'weight', value: '1', from: 'default', isDefault: true },
    ]);
    expect(parts[2]!.lines.map(({ from }) => from)).toEqual([
      'config/settings.json5 production',
      'config/settings.json5',
    ]);
  });

  it('has beside a value what the files say by now, or that they say nothing', () => {
    const [part] = configParts({
      values: [
        { path: 'settings.a', value: 1, from: 'before', now: { value: 2, from: 'default' } },
        { path: 'settings.b', value: 1, from: 'before', now: { from: 'not in the files' } },
      ],
    });
    expect(part!.lines).toEqual([
      { name: 'a', value: '1', from: 'before', isDefault: false, now: { value: '2', from: 'default' } },
      {
        name: 'b',
        value: '1',
        from: 'before',
        isDefault: false,
        now: { value: '', from: 'not in the files' },
      },
    ]);
  });
});
