import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditLog } from '../../src/audit/audit-log.js';
import type { AuditEntry } from '../../src/audit/audit-record.js';
import { Looks } from '../../src/audit/looks.js';
import { redacted } from '../../src/audit/redacted.js';

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-audit-'));
  folder = join(root, '.pomelo-ts/audit');
});

afterEach(() => rmSync(root, { recursive: true }));

const entry = (verb = 'servers.stop'): AuditEntry => ({ verb, by: 'ann', via: 'http', result: 'done' });
const logOf = (fileBytes?: number) =>
  new AuditLog({ root, wallTime: () => Date.UTC(2026, 0, 1), ...(fileBytes !== undefined && { fileBytes }) });

function written(count: number, fileBytes?: number): AuditLog {
  const log = logOf(fileBytes);
  for (let n = 0; n < count; n++) log.append(entry(`verb.n${n + 1}`));
  return log;
}

describe('what was asked for, as it is written down', () => {
  it.each([
    ['app.login({ user: "ann", password: "s3", n: 1 })', 'app.login({ user: "ann", password: "***", n: 1 })'],
    ["const apiToken = 's3'; run()", "const apiToken = '***'; run()"],
    ['o["secret"] = `a\\`b`', 'o["secret"] = `***`'],
    ['{"deep":{"sessionToken": "a\\"b"}}', '{"deep":{"sessionToken": "***"}}'],
    ['app.tokens = app.gold(7)', 'app.tokens = app.gold(7)'],
    ['token = (() => "evil")()', 'token = (() => "evil")()'],
    ['pass the text "x"', 'pass the text "x"'],
  ])('has no quoted text that code names a secret: %s', (code, written) => {
    expect(redacted({ id: 'chat-1', code })).toEqual({ id: 'chat-1', code: written });
    expect(redacted({ method: 'a.b.c', args: [code] })).toEqual({ method: 'a.b.c', args: [written] });
  });

  it('is ready in little time, whatever is asked for', () => {
    const begun = performance.now();
    for (const hostile of ['token="', 'token', 'token= ', 'token="\\', "token='token=`"])
      redacted({ code: hostile.repeat(10_000) });
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('the audit log', () => {
  it('numbers its records through all files, and each follows the one before', async () => {
    const log = written(50, 1000);
    expect(readdirSync(folder).length).toBeGreaterThan(5);
    expect(await log.verify()).toMatchObject({
      records: 50,
      cut: 0,
      broken: [],
      first: { n: 1 },
      last: { n: 50 },
    });
  });

  it('is whole with looks that are one record, and gives their number', async () => {
    const log = logOf();
    const clock = new FakeClock();
    const looks = new Looks({ clock, logger: silentLogger, audit: log });
    const look = (uid: string) => ({ ...entry('users.find'), args: { uid } });
    for (const uid of ['1', '12', '12']) looks.note(look(uid), (one) => log.append(one));
    log.append(entry());
    clock.pass(60_000);
    log.append(entry());
    expect(await log.verify()).toMatchObject({ records: 4, cut: 0, broken: [] });
    const { records } = log.read({ limit: 5, verb: 'users.' });
    expect(records).toMatchObject([
      { n: 3, count: 3, begun: 1, args: { others: [{ uid: '12' }] } },
      { n: 1 },
    ]);
  });

  it('goes on after a master has ended, be it in the middle of a line', async () => {
    written(3).close();
    const [file] = readdirSync(folder);
    appendFileSync(join(folder, file!), '{"n":4,"at":"20');
    const next = logOf();
    expect(next.append(entry())).toBe(4);
    expect(await next.verify()).toMatchObject({ records: 4, cut: 1, broken: [] });
  });

  it('goes on when there is room again, though its last file was begun on a full disk and holds no record', async () => {
    written(7, 1000).close();
    writeFileSync(join(folder, '000000000008.jsonl'), '{"n":8,"at":"20');
    const next = logOf(1000);
    expect(next.append(entry())).toBe(8);
    expect(await next.verify()).toMatchObject({ records: 8, cut: 1, broken: [] });
  });

  it('follows what another master of the same folder has written meanwhile', async () => {
    const [one, other] = [logOf(1000), logOf(1000)];
    for (let n = 0; n < 20; n++) (n % 3 === 0 ? one : other).append(entry());
    expect(await one.verify()).toMatchObject({ records: 20, cut: 0, broken: [] });
  });

  it('names in each record of theirs which of several masters wrote it, and has one chain', async () => {
    const wallTime = () => Date.UTC(2026, 0, 1);
    const names = ['10.0.0.1:3005 (a, pid 1)', '10.0.0.2:3005 (b, pid 2)'];
    const [one, two] = names.map((name) => new AuditLog({ root, wallTime, writer: () => name }));
    one!.append(entry());
    two!.append(entry());
    logOf().append(entry());
    expect(one!.read({ limit: 9 }).records.map(({ master }) => master)).toEqual([
      undefined,
      names[1],
      names[0],
    ]);
    expect(await one!.verify()).toMatchObject({ records: 3, broken: [] });
  });

  it('counts what it could not write', () => {
    const log = logOf();
    log.append(entry());
    log.close();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'no folder');
    expect(() => log.append(entry())).toThrow(/audit/);
    expect(() => log.append(entry())).toThrow(/audit/);
    expect(log.unwritten).toBe(2);
    rmSync(folder);
    log.append(entry());
    expect(log.unwritten).toBe(2);
  });

  it('has one chain though two masters write at the same moment, also where a file ends', async () => {
    let others = 0;
    const other = logOf(1000);
    // what one asks the time for is between its look at the end and its line: there the other one is quicker
    const one = new AuditLog({
      root,
      fileBytes: 1000,
      wallTime: () => {
        if (others < 40 && others++ % 3 < 2) other.append(entry('verb.other'));
        return Date.UTC(2026, 0, 1);
      },
    });
    const numbers = Array.from({ length: 20 }, () => one.append(entry('verb.one')));
    const finding = await one.verify();
    expect(finding).toMatchObject({ cut: 0, broken: [], records: finding.last!.n });
    expect(finding.overtaken).toBeGreaterThan(10);
    const { records } = one.read({ limit: 200 });
    expect(records.map(({ n }) => n)).toEqual(
      Array.from({ length: records.length }, (_, n) => records.length - n),
    );
    const own = records.filter(({ verb }) => verb === 'verb.one').map(({ n }) => n);
    expect(own.reverse()).toEqual(numbers);
    expect(records.length - own.length).toBe(records.filter(({ verb }) => verb === 'verb.other').length);
  });

  it('leaves alone a line that another master is just writing', async () => {
    written(3).close();
    const file = join(folder, readdirSync(folder)[0]!);
    const whole = readFileSync(file, 'utf8');
    const cutAt = whole.length - 30;
    writeFileSync(file, whole.slice(0, cutAt));
    const next = new AuditLog({
      root,
      wallTime: () => {
        if (readFileSync(file, 'utf8').length === cutAt) appendFileSync(file, whole.slice(cutAt)); // the rest of it
        return Date.UTC(2026, 0, 1);
      },
    });
    expect(next.append(entry())).toBe(4);
    expect(await next.verify()).toMatchObject({ records: 4, cut: 0, overtaken: 1, broken: [] });
  });

  it('tells a line that was put in later from one that came too late', async () => {
    const log = written(5);
    log.close();
    const file = join(folder, readdirSync(folder)[0]!);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const found = async (changed: string[]) => {
      writeFileSync(file, `${changed.join('\n')}\n`);
      const { broken, overtaken } = await log.verify();
      return [broken.map(({ line }) => line), overtaken];
    };
    const forged = lines[2]!.replace('ann', 'bob');
    expect(await found([...lines.slice(0, 3), forged, ...lines.slice(3)])).toEqual([[], 1]); // it counts for nothing
    expect(await found([...lines.slice(0, 2), forged, ...lines.slice(2)])).toEqual([[5], 1]); // it would count
    expect(await found([...lines, lines[1]!.replace('ann', 'bob')])).toEqual([[], 1]);
    expect(await found([...lines, forged.replace('"n":3', '"n":1')])).toEqual([[6], 0]);
  });

  it('is for its user alone', () => {
    written(1);
    const [file] = readdirSync(folder, { withFileTypes: true });
    expect(file!.isFile()).toBe(true);
    expect(readFileSync(join(folder, file!.name), 'utf8')).toMatch(
      /^\{"n":1,"at":"2026-01-01T00:00:00.000Z","before":"0{64}"/,
    );
  });

  it('gives the latest first, page by page, by who has asked and for what', () => {
    const log = written(250, 2000);
    const first = log.read({ limit: 100 });
    expect([first.records[0]!.n, first.records.at(-1)!.n, first.more]).toEqual([250, 151, true]);
    const last = log.read({ limit: 200, before: 101 });
    expect([last.records.length, last.more]).toEqual([100, false]);
    expect(log.read({ limit: 5, verb: 'verb.n24' }).records.map(({ n }) => n)).toEqual([
      249, 248, 247, 246, 245,
    ]);
    expect(log.read({ limit: 5, name: 'bob' })).toEqual({ records: [], more: false });
  });

  it('goes on by its own number when its file was taken away, and tells so', async () => {
    const log = written(3);
    const [file] = readdirSync(folder);
    renameSync(join(folder, file!), join(root, 'away'));
    expect(log.append(entry())).toBe(4);
    expect(readdirSync(folder)).toEqual(['000000000004.jsonl']);
    renameSync(join(root, 'away'), join(folder, file!));
    expect(await log.verify()).toMatchObject({ records: 4, broken: [] });
  });

  it('shows a record that was changed, left out or put in another place', async () => {
    const log = written(5);
    const file = join(folder, readdirSync(folder)[0]!);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const found = async (changed: string[]) => {
      writeFileSync(file, `${changed.join('\n')}\n`);
      return (await log.verify()).broken.map(({ line }) => line);
    };
    expect(await found(lines)).toEqual([]);
    expect(await found(lines.map((line, n) => (n === 2 ? line.replace('ann', 'bob') : line)))).toEqual([4]);
    expect(await found(lines.filter((_, n) => n !== 2))).toEqual([3]);
    expect(await found([lines[0]!, lines[2]!, lines[1]!, lines[3]!, lines[4]!])).toEqual([2, 3, 4]);
    expect(await found(lines.map((line, n) => (n === 2 ? '{"n":3' : line)))).toEqual([4]);
  });

  it('cannot be written to a folder that is none', () => {
    const log = written(1);
    log.close();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect(() => log.append(entry())).toThrow(expect.objectContaining({ code: 'AUDIT_UNWRITABLE' }));
  });

  it('has no secrets of what was asked for, and not more than a part of what is long', () => {
    expect(redacted({ name: 'ann', password: 'x', deep: [{ apiToken: 'y', ids: ['a'] }] })).toEqual({
      name: 'ann',
      password: '***',
      deep: [{ apiToken: '***', ids: ['a'] }],
    });
    const call = { method: 'a.b.c', args: [{ user: { Password: 'x', API_KEY: [1], gold: 7 } }, 'plain'] };
    expect(redacted(call)).toEqual({
      method: 'a.b.c',
      args: [{ user: { Password: '***', API_KEY: '***', gold: 7 } }, 'plain'],
    });
    expect(JSON.stringify(redacted({ text: 'x'.repeat(9000) })).length).toBeLessThan(5000);
  });
});
