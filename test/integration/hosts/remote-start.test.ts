import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../helpers/cluster-process.js';
import { commandOf, manyHosts, manyHostsSecret, serversOn } from '../../helpers/many-hosts.js';
import { NetLab, sshPort } from '../../helpers/netlab.js';

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** All files below a folder. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

describe('servers on other hosts', () => {
  it('are started over SSH, run there, outlive their master and are adopted by the next one', async () => {
    await using game = await manyHosts(lab);
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    const rows = await game.rows();
    expect(Object.values(rows).map(({ state }) => state)).toEqual(Array(6).fill('ready'));
    expect(lab.hosts.map((host) => serversOn(host).length)).toEqual([2, 2, 2]);
    master.child.kill('SIGKILL');
    await master.ended;
    const next = game.begin('start', '-e', 'production');
    await next.says('6 servers ready');
    expect(next.stdout).toContain('6 servers of a former master came back');
    const later = await game.rows();
    expect(later).toMatchObject(
      Object.fromEntries(Object.entries(rows).map(([id, { pid }]) => [id, { pid, state: 'ready' }])),
    );
    await game.run('stop');
    await next.ended;
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    expect(game.read('logs/chat-3-1.log')).toContain('chat-3-1 stops');
  });

  it('get one SSH connection for each host, and nothing that a shell or others on the host could read', async () => {
    const hostile = `"; touch /tmp/pomelo-ts-hostile; '$(touch /tmp/pomelo-ts-hostile)\` \\ %s`;
    await using game = await manyHosts(lab, { fields: { note: hostile, args: ['--title', hostile] } });
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    const [, second] = lab.hosts;
    const sessions = second!.pids.filter((pid) => commandOf(pid)[0]?.startsWith('sshd: root'));
    expect(sessions.length, 'sessions of sshd').toBeLessThanOrEqual(2); // one with privileges, one without
    for (const pid of lab.hosts.flatMap(({ pids }) => pids)) {
      expect(commandOf(pid).join(' ')).not.toContain(manyHostsSecret);
      const own = commandOf(pid).includes('start'); // the operator's own command has it in its environment
      if (!own) expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(manyHostsSecret);
    }
    for (const file of filesBelow(game.root))
      expect(readFileSync(file, 'utf8')).not.toContain(manyHostsSecret);
    const titles = lab.hosts.flatMap(({ pids }) => pids.map((pid) => commandOf(pid).join(' ')));
    expect(titles.filter((title) => title.startsWith(hostile))).toHaveLength(6); // it arrived as it is
    expect(existsSync('/tmp/pomelo-ts-hostile')).toBe(false);
    await game.run('stop');
    await master.ended;
  });

  it('run where the game lies on their host, with the paths of that place', async () => {
    const [, second] = lab.hosts;
    await using elsewhere = await manyHosts(lab, { hosts: [second!] });
    const hosts = { [second!.address]: { remoteDir: elsewhere.root } };
    await using game = await manyHosts(lab, { master: { hosts } });
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    expect(elsewhere.files('logs')).toEqual(['chat-2-1.log', 'chat-2-2.log']);
    expect(game.files('logs')).not.toContain('chat-2-1.log');
    await game.run('stop');
    await master.ended;
  });

  it('are reached as ~/.ssh/config says, over a host on the way, with a key that only an agent has', async () => {
    const [first, second, third] = lab.hosts;
    const home = join(lab.directory, 'agent-home');
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, '.ssh', 'known_hosts'), lab.knownHosts);
    const config = `Host ${second!.address}\n  ProxyJump ${third!.address}\nHost *\n  Port ${sshPort}\n  User root\n`;
    writeFileSync(join(home, '.ssh', 'config'), config);
    const agent = join(lab.directory, 'agent.sock');
    const daemon = first!.begin('ssh-agent', ['-D', '-a', agent]);
    await expect.poll(() => existsSync(agent)).toBe(true);
    await once(first!.begin('ssh-add', [lab.keyFile], { SSH_AUTH_SOCK: agent }), 'close');
    const settings = { ssh_config_params: [], ssh: { agent } };
    await using game = await manyHosts(lab, { home, hosts: [second!], master: settings });
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    expect(serversOn(second!)).toHaveLength(2);
    expect(third!.pids.map((pid) => commandOf(pid)[0] ?? '').join()).toContain('sshd: root');
    await game.run('stop');
    await master.ended;
    daemon.kill();
  });

  it('are reached as each host has its own part of the settings, with a locked key, and run on their cores', async () => {
    const [first, second] = lab.hosts;
    const locked = join(lab.directory, 'locked');
    copyFileSync(lab.keyFile, locked);
    chmodSync(locked, 0o600);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'the passphrase', '-f', locked]);
    const own = { port: sshPort, identityFile: locked, passphraseVariable: 'KEY_PASSPHRASE' };
    const settings = { ssh_config_params: ['-p', '1'], hosts: { [second!.address]: { ssh: own } } };
    await using game = await manyHosts(lab, {
      hosts: [first!, second!],
      perHost: 1,
      master: settings,
      fields: { cpu: 1 },
    });
    game.moreEnv = { KEY_PASSPHRASE: 'the passphrase' };
    const master = game.begin('start', '-e', 'production');
    await master.says('2 servers ready');
    for (const host of [first!, second!]) {
      const [pid] = serversOn(host);
      expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Cpus_allowed_list:\t1$/m);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('the passphrase');
    }
    await game.run('stop');
    await master.ended;
  });

  it('are on hosts where commands tell at which one the master is', async () => {
    await using game = await manyHosts(lab);
    game.on = lab.hosts[1];
    const { code, stderr } = await game.run('list', '-e', 'production');
    expect(stderr).toContain(
      'on this host; that of this cluster is at 10.77.0.11:3005: give commands there.',
    );
    expect(code).toBe(1);
  });

  it('are all killed by the command that needs no master', async () => {
    await using game = await manyHosts(lab, { master: { ssh: { connectTimeout: '5s' } } });
    const master = game.begin('start', '-e', 'production');
    await master.says('6 servers ready');
    master.child.kill('SIGKILL');
    await master.ended;
    const [, second] = lab.hosts;
    second!.cut();
    const partly = await game.run('kill', '-e', 'production');
    second!.heal();
    expect(partly.stdout).toBe('4 servers killed\n');
    expect(partly.stderr).toContain(`what runs on ${second!.address} was not killed: `);
    expect(partly.code).toBe(1);
    game.write('config/master.json', { host: '127.0.0.1', ssh_config_params: [`-p ${sshPort}`] }); // nobody has to see it
    const rest = await game.run('kill', '-e', 'production');
    expect(rest).toMatchObject({ code: 0, stdout: '2 servers killed\n', stderr: '' });
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
  });

  it('are warned of before a start that their host is too small for', async () => {
    await using game = await manyHosts(lab, {
      perHost: 1,
      fields: {
        args: ['--max-old-space-size=9000000'],
        frontend: true,
        clientPort: 7000,
        'max-connections': 50_000_000,
      },
    });
    const master = game.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    expect(master.stderr).toMatch(
      /^warning chat-2-1 is to accept 50000000 clients, but a process on 10.77.0.12 may open/m,
    );
    expect(master.stderr).toMatch(/^warning 1 servers on 10.77.0.12 may use 9000000 MiB of heap/m);
    await game.run('stop');
    await master.ended;
    const cpus = await manyHosts(lab, { perHost: 1, fields: { cpu: '0,4000' } });
    await using _ = cpus;
    const { code, stderr } = await cpus.run('start', '-e', 'production');
    expect(stderr).toMatch(/chat-1-1 cannot run on the cores 0,4000 of 10.77.0.11: it has the cores 0-/);
    expect(code).toBe(1);
  });

  it('are not started before the files that their args name are there, and the start tells which are not on which host', async () => {
    const [, second] = lab.hosts;
    await using elsewhere = await manyHosts(lab, { hosts: [second!] });
    const args = ['--import', './hook.mjs', '--import=absent/hook', '--env-file=own.env'];
    const hosts = { [second!.address]: { remoteDir: elsewhere.root } };
    await using game = await manyHosts(lab, { perHost: 1, master: { hosts }, fields: { args } });
    const lay = (place: typeof game) => {
      place.write('hook.mjs', '');
      place.write('own.env', 'A=1');
      mkdirSync(join(place.root, 'node_modules/absent'), { recursive: true });
      place.write('node_modules/absent/package.json', { exports: { './hook': './hook.js' } });
      place.write('node_modules/absent/hook.js', '');
    };
    lay(game);
    const told = `The args of chat-2-1 name files that are not on ${second!.address}:
  expected a module, which ${elsewhere.root}/hook.mjs is not, got --import ./hook.mjs
  expected a file, which ${elsewhere.root}/own.env is not, got --env-file=own.env
`;
    const refused = await game.run('start', '-e', 'production');
    expect(refused.stderr).toContain(told);
    expect(refused.code).toBe(1);
    expect(lab.hosts.flatMap(serversOn)).toEqual([]);
    const doctor = await game.run('doctor', '-e', 'production');
    expect(doctor.stdout).toContain(
      `✖ ssh      The args of chat-2-1 name files that are not on ${second!.address}:`,
    );
    lay(elsewhere);
    const master = game.begin('start', '-e', 'production');
    await master.says('3 servers ready');
    await game.run('stop', 'chat-2-1');
    rmSync(join(elsewhere.root, 'own.env'));
    const later = await game.run('start', '-i', 'chat-2-1');
    expect(later.stderr).toContain(`which ${elsewhere.root}/own.env is not, got --env-file=own.env`);
    expect(later.code).toBe(1);
    const place = ['serverType=chat', `host=${second!.address}`, 'port=6009'];
    const added = await game.run('add', 'id=chat-2-9', ...place, 'args=-r ./absent.cjs');
    expect(added.stderr).toContain(`which ${elsewhere.root}/absent.cjs is not, got -r ./absent.cjs`);
    expect(Object.keys(await game.rows())).not.toContain('chat-2-9');
    await game.run('stop');
    await master.ended;
  });

  it('tell who holds their port, and leave a stranger that does alone', async () => {
    const [, second] = lab.hosts;
    await using game = await manyHosts(lab, { hosts: [second!], perHost: 1, ownBoot: true });
    game.write('package.json', { 'pomelo-ts': { app: join(repositoryRoot, 'game-server', 'dist') } });
    const squat = `require('net').createServer().listen(6000, '${second!.address}')`;
    const stranger = second!.begin(process.execPath, ['-e', squat]);
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toMatch(/cannot listen on 10.77.0.12:6000: the port is in use by node \(pid \d+\)/);
    expect(code).toBe(1);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });
});
