import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type CertificateFiles, Certificates } from '../helpers/certificates.js';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

/* The part on etcd of the guide to security, followed as it stands: but for addresses, ports and folders, which are those of this test. */

interface GuideOfEtcd {
  readonly member: string;
  readonly rights: string;
  readonly config: string;
  readonly giveUp: string;
}

function guideIn(page: string): GuideOfEtcd {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|json5)\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const withText = (part: string) => blocks.find((code) => code.includes(part))!;
  return {
    member: withText('etcd --name m1'),
    rights: withText('etcdctl auth enable'),
    config: withText("kind: 'etcd'"),
    giveUp: withText('etcdctl del --prefix'),
  };
}

/** Three members of etcd at this machine, started by the command of the guide. */
class Members implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-etcd-guide-'));
  readonly certificates = new Certificates();
  readonly #ports: { readonly client: number; readonly peer: number }[] = [];
  readonly #processes: ChildProcess[] = [];

  static async begin(command: string): Promise<Members> {
    const members = new Members();
    mkdirSync(join(members.folder, 'etc'));
    for (let n = 0; n < 3; n++) members.#ports.push({ client: await freePort(), peer: await freePort() });
    members.#ports.forEach((_, index) => {
      const own = command
        .replaceAll('m1-key.pem', 'KEY')
        .replaceAll('m1.pem', 'CERT')
        .replace('--name m1', `--name m${index + 1}`)
        .replaceAll(/-urls https:\/\/10\.77\.0\.11:/g, `-urls https://10.77.0.1${index + 1}:`)
        .replace('/var/lib/etcd', join(members.folder, `m${index + 1}`));
      const script = members.here(own.replaceAll('KEY', 'm1-key.pem').replaceAll('CERT', 'm1.pem'));
      const child = spawn('sh', ['-ec', `exec ${script.trim()} --unsafe-no-fsync`], { stdio: 'ignore' });
      members.#processes.push(child);
    });
    return members;
  }

  /** What the guide says of its hosts, as it is here. */
  here(text: string): string {
    const { ca, member } = this.certificates;
    return text
      .replaceAll(/10\.77\.0\.1([123]):(2379|2380)/g, (_, n, port) => {
        const { client, peer } = this.#ports[Number(n) - 1]!;
        return `127.0.0.1:${port === '2379' ? client : peer}`;
      })
      .replaceAll('/etc/etcd/ca.pem', ca)
      .replaceAll('/etc/etcd/m1-key.pem', member.key)
      .replaceAll('/etc/etcd/m1.pem', member.cert)
      .replaceAll('/etc/etcd/', `${this.folder}/etc/`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#processes.filter(({ exitCode, signalCode }) => exitCode === null && !signalCode);
    for (const child of running) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    this.certificates[Symbol.dispose]();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs lines of the guide's in the game's folder; what it prints, or what kept it from its end. */
async function sh(game: TestGame, script: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: game.root, env: { ...process.env, ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', script], options);
    return stdout + stderr;
  } catch (error) {
    return `failed: ${(error as { stderr?: string }).stderr ?? String(error)}`;
  }
}

/** The game of the guide, whose masters share this etcd. */
async function gameOf({ config }: GuideOfEtcd, members: Members): Promise<TestGame> {
  const env = { POMELO_TS_SECRET: 'of the guide to etcd, and long enough' };
  const game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] }, { env });
  rmSync(join(game.root, 'config/master.json'));
  const [first, second] = [await freePort(), await freePort()];
  const own = members
    .here(config)
    .replace("{ host: '10.77.0.11', port: 3005 }", `{ host: '127.0.0.1', port: ${first} }`)
    .replace("{ host: '10.77.0.12', port: 3005 }", `{ host: '127.0.0.1', port: ${second} }`);
  writeFileSync(join(game.root, 'config/master.json5'), own);
  mkdirSync(join(game.root, 'certificates'));
  mkdirSync(join(game.root, '.pomelo-ts'), { mode: 0o700 });
  copyFileSync(members.certificates.ca, join(game.root, 'certificates/ca.pem'));
  return game;
}

/** Gives the game this certificate for its own. */
function certify({ root }: TestGame, { cert, key }: CertificateFiles): void {
  copyFileSync(cert, join(root, 'certificates/client.pem'));
  copyFileSync(key, join(root, 'certificates/client-key.pem'));
}

it.each(['guides/security.md', 'zh/security.md'])(
  'the etcd of %s lets in a master with its own rights, and nobody else, to its keys alone',
  async (page) => {
    const guide = guideIn(page);
    await using members = await Members.begin(guide.member);
    await using game = await gameOf(guide, members);
    const rights = members.here(guide.rights);
    const variables = rights
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .join('\n');
    const etcdctl = (words: string, user?: string) =>
      sh(game, `${variables}\netcdctl ${words}`, { ...(user && { ETCDCTL_USER: user }) });
    await eventually(async () => /is healthy/.test(await etcdctl('endpoint health')), 'a healthy etcd');
    expect((await etcdctl('member list')).match(/started, m[123], https:/g)).toHaveLength(3);
    expect(await sh(game, rights)).toContain('Authentication Enabled');
    const password = game.read('.pomelo-ts/etcd-password').trim();
    expect(await etcdctl('put my-game/a 1')).toMatch(/^failed: .*(permission denied|user name is empty)/s);
    expect(await etcdctl('put my-game/a 1', 'my-game:a guess')).toMatch(/^failed: .*authentication failed/s);
    expect(await etcdctl('put other-game/a 1', `my-game:${password}`)).toMatch(
      /^failed: .*permission denied/s,
    );
    expect(await etcdctl('user list', `my-game:${password}`)).toMatch(/^failed: .*permission denied/s);
    const withoutTls = await sh(game, `${variables}\nunset ETCDCTL_CERT ETCDCTL_KEY\netcdctl get my-game/a`);
    expect(withoutTls).toMatch(/^failed: /);

    certify(game, members.certificates.client);
    const named = await game.run('start', '-e', 'production');
    expect(named).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('takes no certificate of a client'),
    });
    certify(game, members.certificates.nameless);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    const keys = () => etcdctl('get --prefix --keys-only my-game/', `my-game:${password}`);
    expect(await keys()).toContain('my-game/production/leader');
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
    await master.ended;
    const giveUp = await sh(game, `${variables}\n${guide.giveUp}`, { ETCDCTL_USER: `my-game:${password}` });
    expect(Number(giveUp)).toBeGreaterThan(0);
    expect((await keys()).trim()).toBe('');
  },
);
