import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../src/commands/robot/target.js';

/** Where players go in the folder of a game with this gate. */
function targetIn(gate: object, options: object = {}) {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-target-'));
  try {
    mkdirSync(join(root, 'config'));
    mkdirSync(join(root, 'app/servers/gate'), { recursive: true });
    writeFileSync(join(root, 'app.js'), '');
    const entry = { id: 'gate-1', clientPort: 3014, frontend: true, ...gate };
    writeFileSync(join(root, 'config/servers.json'), JSON.stringify({ gate: [entry] }));
    return targetOf({ directory: root, env: 'development', ...options });
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('where robots go', () => {
  it.each([
    [{}, {}, 'ws://127.0.0.1:3014'],
    [{ host: '[::1]' }, {}, 'ws://[::1]:3014'],
    [{ host: '::' }, {}, 'ws://[::1]:3014'],
    [{ host: '0.0.0.0' }, {}, 'ws://127.0.0.1:3014'],
    [{ clientHost: 'play.test' }, {}, 'ws://play.test:3014'],
    [{ clientUrl: 'wss://play.test/{id}' }, {}, 'wss://play.test/gate-1'],
    [{ clientUrl: 'wss://play.test/{id}' }, { host: 'fd00::2' }, 'ws://[fd00::2]:3014'],
    [{}, { host: '[fd00::2]' }, 'ws://[fd00::2]:3014'],
    [{}, { gate: '[fd00::2]:99' }, 'ws://[fd00::2]:99'],
  ])('with the gate %j and %j is %s', (gate, options, url) => {
    expect(targetIn(gate, options)).toEqual({ gate: url });
  });
});
