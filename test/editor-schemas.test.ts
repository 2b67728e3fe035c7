import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson5 } from '@pomelo-ts/common/config';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('..', import.meta.url));
const schemaFolder = `${repository}config/schema`;

// Whatever is no rule of the specification, a misspelt keyword say, makes compiling fail.
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
const schemas = new Map<string, ValidateFunction>(
  readdirSync(schemaFolder).map((file) => [
    basename(file, '.json'),
    ajv.compile(JSON.parse(readFileSync(`${schemaFolder}/${file}`, 'utf8')) as object),
  ]),
);

/** Where a value is wrong, as pointers; none when it is right. */
function faults(name: string, value: unknown): string[] {
  const validate = schemas.get(name)!;
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** The files of a game that have a schema: its name and the file. */
function filesOf(folder: string): [string, string][] {
  return readdirSync(`${repository}${folder}`)
    .filter((file) => file.endsWith('.json5'))
    .map((file) => [
      basename(file, '.json5').replace(/^(client|server)Protos$/, 'protos'),
      `${folder}/${file}`,
    ]);
}

const frontend = { id: 'connector-1', port: 4050, clientPort: 3050, frontend: true };

describe('the editor schemas', () => {
  it.each(['config', 'test/bench/app/config', 'framework/cli/templates/empty/config'].flatMap(filesOf))(
    'take %s of %s',
    (name, file) => {
      expect(faults(name, readJson5(`${repository}${file}`))).toEqual([]);
    },
  );

  it.each<[string, unknown]>([
    ['servers', { connector: [frontend], chat: [{ clusterCount: 2, port: '6050++', zone: 3 }] }],
    ['servers', { $schema: 'x', development: { connector: [frontend] }, production: { gate: [] } }],
    ['servers', { connector: [{ ...frontend, frontend: 'true', 'auto-restart': 'true' }] }],
    ['master', {}],
    ['master', { host: '127.0.0.1', port: 3005, startTimeout: '1.5 m' }],
    ['master', { development: { port: 3005 } }],
    ['settings', { client: { heartbeat: false, maxPackageBytes: 1000, origins: ['https://*.example.com'] } }],
    ['settings', { production: { rpc: { timeout: '500ms' } } }],
    ['crons', { chat: [{ id: 'tick', time: '0 * * * * *', action: 'clock.tick' }] }],
    ['protos', { onMove: { 'required Spot at': 1, 'message Spot': { 'required uInt32 x': 1 } } }],
    ['dictionary', ['onChat']],
  ])('take %s as pomelo and the guides write it: %j', (name, value) => {
    expect(faults(name, value)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['servers', [], ''],
    ['servers', { connector: 'connector-1' }, '/connector'],
    ['servers', { connector: [{ ...frontend, port: 0 }] }, '/connector/0/port'],
    ['servers', { connector: [{ ...frontend, port: 'x++' }] }, '/connector/0/port'],
    ['servers', { connector: [{ ...frontend, id: 'a b' }] }, '/connector/0/id'],
    ['servers', { connector: [{ ...frontend, frontend: 1 }] }, '/connector/0/frontend'],
    ['servers', { production: { connector: [{ ...frontend, clientPort: 65536 }] } }, '/production/connector'],
    ['master', { port: '3005' }, '/port'],
    ['master', { prot: 3005 }, ''],
    ['master', { startTimeout: '30' }, '/startTimeout'],
    ['master', { stopTimeout: '0s' }, '/stopTimeout'],
    ['settings', { client: { heartbeat: true } }, '/client/heartbeat'],
    ['settings', { client: { hartbeat: '3s' } }, '/client'],
    ['settings', { client: { maxPackageBytes: '64' } }, '/client/maxPackageBytes'],
    ['settings', { client: { maxPendingRequests: 0 } }, '/client/maxPendingRequests'],
    ['settings', { client: { sendQueue: { policy: 'drip' } } }, '/client/sendQueue/policy'],
    ['settings', { client: { origins: ['example.com'] } }, '/client/origins/0'],
    ['settings', { rpc: { maxPending: 65_536 } }, '/rpc/maxPending'],
    ['settings', { rcp: { timeout: '1s' } }, ''],
    ['settings', { development: { log: { level: 'loud' } } }, '/development/log/level'],
    ['crons', { chat: [{ id: 'tick', action: 'clock.tick' }] }, '/chat/0'],
    ['crons', { chat: [{ id: 'tick', time: '0 * * * * *', action: 'tick' }] }, '/chat/0/action'],
    ['protos', { onMove: { 'required uInt32 x': '1' } }, '/onMove/required uInt32 x'],
    ['protos', { onMove: { 'requird uInt32 x': 1 } }, '/onMove'],
    ['dictionary', ['onChat', 7], '/1'],
  ])('refuse %s and mark the place: %j', (name, value, place) => {
    const marked = faults(name, value);
    expect(marked).not.toEqual([]);
    expect(marked.some((one) => one.startsWith(place))).toBe(true);
  });
});
