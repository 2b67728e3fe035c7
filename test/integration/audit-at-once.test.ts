import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AuditLog } from '../../framework/master/src/audit/audit-log.js';

/* Masters of one folder, as where a standby takes over from one that still writes how things ended: processes of what was built. */

const built = fileURLToPath(new URL('../../framework/master/dist/audit/audit-log.js', import.meta.url));
/** Appends until it is ended, and says each number that it was given. */
const writer = `
import { AuditLog } from ${JSON.stringify(built)};
const [root, by] = process.argv.slice(1);
const log = new AuditLog({ root, wallTime: Date.now, fileBytes: 4000 });
const append = () => {
  console.log(log.append({ verb: 'test.write', by, via: 'test', result: 'done' }));
  setImmediate(append);
};
append();`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-audit-at-once-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** One master: what it was told that its records are, and its end. */
function master(by: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, root, by], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const numbers: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => numbers.push(Number(line)));
  const end = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { by, numbers, end };
}

it('masters that write into one audit log at once, and die, leave one chain with every record that was told', async () => {
  const masters = ['one', 'two', 'three'].map(master);
  await expect
    .poll(() => masters.every(({ numbers }) => numbers.length > 100), { timeout: 60_000 })
    .toBe(true);
  await masters
    .shift()!
    .end()
    .then(() => masters.push(master('four')));
  await expect
    .poll(() => masters.every(({ numbers }) => numbers.length > 50), { timeout: 60_000 })
    .toBe(true);
  for (const one of masters) await one.end();
  const log = new AuditLog({ root, wallTime: Date.now });
  log.append({ verb: 'test.last', by: 'last', via: 'test', result: 'done' });
  const finding = await log.verify();
  expect(finding).toMatchObject({ broken: [], records: finding.last!.n });
  expect(readdirSync(join(root, '.pomelo-ts/audit')).length).toBeGreaterThan(5);
  const { records } = log.read({ limit: finding.records });
  // one that was killed in the very moment may have left a line that does not count
  for (const { by, numbers } of masters)
    for (const n of numbers) expect(records.filter((one) => one.n === n).map((one) => one.by)).toContain(by);
  expect(finding.overtaken).toBeGreaterThan(0); // they did write at once
});
