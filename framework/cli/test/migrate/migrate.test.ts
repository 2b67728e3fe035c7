import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli.js';
import type { MigrationReport } from '../../src/commands/migrate.js';

const fixtures = fileURLToPath(new URL('../../../../test/fixtures/', import.meta.url));

/** A folder with an old app that is gone when its block ends. */
class OldFolder implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-migrate-'));

  static of(files: Readonly<Record<string, string>>): OldFolder {
    const folder = new OldFolder();
    for (const [file, text] of Object.entries(files)) folder.write(file, text);
    return folder;
  }

  static copyOf(fixture: string): OldFolder {
    const folder = new OldFolder();
    cpSync(join(fixtures, fixture), folder.root, { recursive: true });
    return folder;
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  change(file: string, from: string, to: string): void {
    this.write(file, readFileSync(join(this.root, file), 'utf8').replace(from, to));
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: [] as string[], err: [] as string[] };
  const terminal = {
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    live: false,
    colours: false,
  };
  const code = await main(['migrate', ...args], terminal);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

async function reportOn(root: string): Promise<MigrationReport & { code: number }> {
  const { code, out } = await run(root, '--json');
  return { ...(JSON.parse(out) as MigrationReport), code };
}

/** Findings of a kind, as `place what`. */
function told({ findings }: MigrationReport, kind: string): string[] {
  return findings
    .filter((finding) => finding.kind === kind)
    .map(({ file, line, what }) => `${file}${line === undefined ? '' : `:${line}`} ${what}`);
}

const servers = JSON.stringify({ development: { chat: [{ id: 'chat-1', host: '127.0.0.1', port: 6050 }] } });

/** An app in which nothing must change but what `files` has. */
function appWith(files: Readonly<Record<string, string>>): OldFolder {
  return OldFolder.of({
    'package.json': '{"dependencies":{"@pomelo-ts/core":"1","pomelo-ts":"1"}}',
    'app.js': "require('@pomelo-ts/compat').createApp().start();",
    'app/servers/chat/handler/chatHandler.js': 'module.exports = () => ({});',
    'config/servers.json': servers,
    ...files,
  });
}

describe('pomelo-ts migrate', () => {
  test('tells what must change in a pomelo app, and exits with 0 when it has been changed', async () => {
    using folder = OldFolder.copyOf('old-pomelo-chat');
    const before = await reportOn(folder.root);
    expect([before.code, before.framework, before.ready]).toEqual([1, 'pomelo', false]);
    expect(told(before, 'change')).toEqual([
      'package.json:6 the dependency pomelo',
      'package.json:5 the dependencies',
    ]);
    expect(told(before, 'idle')).toEqual([
      ...['app.js:42 app.registerAdmin', 'config/log4js.json the file', 'config/adminServer.json the file'],
      'config/adminUser.json the file',
      'config/adminUser.json the account admin',
    ]);
    expect(before.findings.find(({ what }) => what === 'the account admin')?.cure).toMatch(
      /^pomelo-ts account add admin --role admin prints a link/,
    );
    const standIn = '"pomelo": "npm:@pomelo-ts/compat@^0.1.0", "pomelo-ts": "0.1.0"';
    folder.change('package.json', '"pomelo": "2.2.7"', standIn);
    const after = await reportOn(folder.root);
    expect([after.code, after.ready, told(after, 'change')]).toEqual([0, true, []]);
  });

  test('wants the import changed where nothing stands in for the package', async () => {
    using folder = OldFolder.copyOf('old-pomelo-chat');
    folder.change('package.json', '"pomelo": "2.2.7"', '"@pomelo-ts/core": "0.1.0", "pomelo-ts": "0.1.0"');
    expect(told(await reportOn(folder.root), 'change')).toEqual(["app.js:1 the import of 'pomelo'"]);
    folder.change('app.js', "'pomelo'", "'@pomelo-ts/compat'");
    const after = await reportOn(folder.root);
    expect([after.code, after.framework, after.ready]).toEqual([0, 'pomelo-ts', true]);
  });

  test('tells what must change in a pinus app: its dependencies, and no line of code', async () => {
    const report = await reportOn(join(fixtures, 'old-pinus-chat'));
    expect([report.code, report.framework]).toEqual([1, 'pinus']);
    const changes = told(report, 'change');
    expect(changes.filter((line) => line.startsWith('package.json'))).toEqual([
      'package.json:10 the dependency pinus',
      'package.json:11 the dependency pinus-rpc',
      'package.json:9 the dependencies',
      'package.json:7 the command node app',
    ]);
    expect(changes.filter((line) => !line.startsWith('package.json'))).toEqual([]);
  });

  test('counts what works as it is', async () => {
    const { works } = await reportOn(join(fixtures, 'old-pomelo-chat'));
    const counts = Object.fromEntries(works.map(({ what, count }) => [what, count]));
    expect(counts).toMatchObject({
      ...{ 'handler files': 3, 'remote files': 1, 'cron files': 1, 'lifecycle files': 1 },
      ...{ 'app.configure': 5, 'calls of app.rpc': 2, 'pushes to channels': 3 },
    });
  });

  test('says it in words, with places that an editor understands', async () => {
    const { code, out } = await run(join(fixtures, 'old-pomelo-chat'));
    expect(code).toBe(1);
    expect(out).toContain('package.json:5           the dependencies: npm install pomelo-ts');
    expect(out).toMatch(/^must change \(2\)$/m);
    expect(out).toMatch(/^ {2}handler files 3, remote files 1, /m);
    expect(out).toMatch(/2 changes to make; then run pomelo-ts migrate again$/);
    using ready = appWith({});
    expect((await run(ready.root)).out).toMatch(/ready: nothing must change/);
  });

  test("looks into the game-server folder of pomelo's template, and at the folder that --directory names", async () => {
    using folder = OldFolder.of({ 'game-server/app.js': "require('pomelo');", 'web-server/app.js': '' });
    expect((await reportOn(folder.root)).root).toBe(join(folder.root, 'game-server'));
    const { out } = await run('--directory', folder.root, '--json');
    expect(JSON.parse(out).root).toBe(join(folder.root, 'game-server'));
  });

  test('exits with 2 where there is no app', async () => {
    using folder = OldFolder.of({ 'readme.md': '' });
    const { code, err } = await run(folder.root);
    expect(code).toBe(2);
    expect(err).toContain('Name the folder of a pomelo or pinus app');
  });
});

describe('what pomelo-ts migrate finds in code', () => {
  test.each([
    ["import { pinus } from 'pinus';", 'change', "the import of 'pinus'"],
    [
      "const s = require('pomelo/lib/util/utils');",
      'change',
      "the import of 'pomelo/lib/util/utils', a file of the framework's own",
    ],
    [
      "app.set('connectorConfig', { connector: pomelo.connectors.sioconnector });",
      'change',
      'the connector sioconnector',
    ],
    [
      "app.set('connectorConfig', { heartbeat: 3 });",
      'change',
      'a connectorConfig without connector (sioconnector)',
    ],
    ['app.sysrpc.chat.msgRemote.forwardMessage();', 'change', "app.sysrpc, the framework's own calls"],
    ['app.addServers([]);', 'change', 'app.addServers'],
    ['app.load(pomelo.components.proxy);', 'change', "components.proxy, one of the framework's own parts"],
    [
      'app.components.__connector__.connector;',
      'change',
      "__connector__, the inside of one of the framework's own parts",
    ],
    ["session.on('bind', fn);", 'change', "session.on('bind')"],
    ['session.__session__.__socket__.send();', 'change', '__session__, the inside of a session'],
    ['pomelo.createApp({ base: __dirname });', 'change', 'base of createApp'],
    [
      "sessionService.sendMessageByUid('a', 'x');",
      'change',
      'sessionService.sendMessageByUid, which sends bytes of the wire format',
    ],
    ["var bt = require('pomelo-rpc');", 'change', 'the package pomelo-rpc'],
    ["var log = require('pomelo-logger').getLogger('a');", 'change', 'the package pomelo-logger'],
    ["app.use(require('pomelo-status-plugin'));", 'check', 'the package pomelo-status-plugin'],
    ["app.route('chat', fn);", 'check', 'app.route'],
    ['app.registerAdmin(module);', 'idle', 'app.registerAdmin'],
    ["app.enable('systemMonitor');", 'idle', 'the setting systemMonitor'],
    ["app.set('proxyConfig', { bufferMsg: true });", 'idle', 'bufferMsg of proxyConfig'],
    ["app.set('channelConfig', {\n store: s });", 'change', 'store of channelConfig'],
  ])('%s', async (code, kind, what) => {
    using folder = appWith({ 'app/some.js': `\n${code}\n` });
    const report = await reportOn(folder.root);
    expect(told(report, kind).map((line) => line.replace(/^app\/some\.js:[23] /, ''))).toContain(what);
    expect(report.ready).toBe(kind !== 'change');
  });

  test('is not what stands in comments, is turned off, or is kept', async () => {
    using folder = appWith({
      'app/some.js': `
        // app.sysrpc was here, and require('pomelo') too
        /* app.addServers([]) */
        var url = 'http://somewhere'; session.on('closed', fn);
        app.set('connectorConfig', {
          connector: pomelo.connectors.hybridconnector, heartbeat: 3, useCrypto: false,
          handshake: function (msg, cb) { cb(null, { ssl: true, encode: 1 }); }, useDict: true
        });`,
      'node_modules/old/index.js': "require('pomelo');",
      'logs/app.js': "require('pomelo');",
    });
    const report = await reportOn(folder.root);
    expect([report.code, report.findings]).toEqual([0, []]);
  });
});

describe('what pomelo-ts migrate finds in config/', () => {
  test('is all that config check finds, for every environment, once', async () => {
    using folder = appWith({
      'config/servers.json': JSON.stringify({
        development: { chat: [{ id: 'chat-1', host: '127.0.0.1', port: 99999 }] },
        production: { chat: [{ id: 'chat-1', host: '127.0.0.1', prot: 1 }] },
      }),
    });
    expect(told(await reportOn(folder.root), 'change')).toEqual([
      'config/servers.json development.chat[0].port',
      'config/servers.json production.chat[0].prot',
    ]);
  });

  test('are crons that never come', async () => {
    using folder = appWith({
      'app.js': "require('pomelo').createApp().start();",
      'config/crons.json':
        '{"development": {"chat": [{"id": "c", "time": "0 0 4 30 1 *", "action": "c.m"}]}}',
    });
    const { findings } = await reportOn(folder.root);
    expect(findings).toContainEqual({
      ...{ kind: 'change', file: 'config/crons.json', line: 1, what: 'the time "0 0 4 30 1 *"' },
      cure: 'it never comes: take it out',
    });
  });

  test.each([
    ['pomelo', '0 5/15 4 1 5 *', '0 5-59/15 4 1 jun *'],
    ['pinus', '0 0 4 10/7 * *', '0 0 4 10-31/7 * *'],
  ])('are crons that mean other times, with the time to write (%s)', async (framework, time, said) => {
    using folder = appWith({
      'app.js': `require('${framework}').createApp().start();`,
      'config/crons.json': `{"development": {"chat": [\n{"id": "c", "time": "${time}", "action": "c.m"}]}}`,
    });
    const { findings } = await reportOn(folder.root);
    expect(findings).toContainEqual({
      ...{ kind: 'change', file: 'config/crons.json', line: 2, what: `the time "${time}"` },
      cure: `write "${said}"`,
    });
  });
});
