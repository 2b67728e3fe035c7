import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Wan, type WanSettings } from './wan.js';

/** Port of every lab host's sshd. */
export const sshPort = 59622;

/** How long a host may take to boot, and its processes to end, in ms. */
const bootMs = 10_000;

/**
 * Hosts on one machine: each has network, process, mount and host-name namespaces of its own and a real sshd, and a cable to one
 * bridge. All files are those of the machine. Needs root, and Linux.
 */
export class NetLab implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'pomelo-ts-netlab-'));
  readonly hosts: readonly LabHost[];
  /** Network namespace of the bridge, which has the addresses 10.77.0.1 and fd77::1: for whoever plays from outside. */
  readonly #bridge: string;

  private constructor(count: number) {
    const prefix = `pl${process.pid.toString(36)}${(lastLab++).toString(36)}`;
    this.#bridge = `${prefix}-sw`;
    this.#makeKeys();
    ip('netns', 'add', this.#bridge);
    ip('-n', this.#bridge, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', this.#bridge, 'addr', 'add', '10.77.0.1/24', 'dev', 'br0');
    ip('-n', this.#bridge, 'addr', 'add', 'fd77::1/64', 'dev', 'br0', 'nodad');
    for (const link of ['br0', 'lo']) ip('-n', this.#bridge, 'link', 'set', link, 'up');
    this.hosts = Array.from(
      { length: count },
      (_, index) => new LabHost(`${prefix}-h${index + 1}`, index + 1, this.#bridge, this.directory),
    );
  }

  /** Builds a lab and boots its hosts. */
  static async up(count: number): Promise<NetLab> {
    requireNamespaces();
    const lab = new NetLab(count);
    try {
      await Promise.all(lab.hosts.map((host) => host.on()));
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  /** The private key that every host lets in as root. */
  get keyFile(): string {
    return join(this.directory, 'id_ed25519');
  }

  /** Home folder of a user who has that key and knows the hosts: pass it as HOME. */
  get home(): string {
    const folder = join(this.directory, '.ssh');
    if (existsSync(folder)) return this.directory;
    mkdirSync(folder, { mode: 0o700 });
    copyFileSync(this.keyFile, join(folder, 'id_ed25519'));
    writeFileSync(join(folder, 'known_hosts'), this.knownHosts);
    return this.directory;
  }

  /** What `known_hosts` has to say of the hosts. */
  get knownHosts(): string {
    const [type, key] = readFileSync(join(this.directory, 'hostkey.pub'), 'utf8').split(' ');
    const addresses = this.hosts.flatMap(({ address, address6 }) => [address, address6]);
    return addresses.map((address) => `[${address}]:${sshPort} ${type} ${key}\n`).join('');
  }

  /** Begins a command that sees the lab's network from outside of all hosts. */
  outside(command: string, ...args: string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.#bridge, command, ...args]);
  }

  /** A file that runs a program as {@link outside} does, for those who begin it by themselves. */
  outsideProgram(program: string): string {
    const file = join(this.directory, `outside-${basename(program)}`);
    writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${this.#bridge} ${program} "$@"\n`, { mode: 0o755 });
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.dismantle()));
    ip('netns', 'del', this.#bridge);
    rmSync(this.directory, { recursive: true, force: true });
  }

  #makeKeys(): void {
    for (const name of ['id_ed25519', 'hostkey'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(this.directory, name)]);
    const config = [
      `Port ${sshPort}`,
      `HostKey ${join(this.directory, 'hostkey')}`,
      `AuthorizedKeysFile ${join(this.directory, 'id_ed25519.pub')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'MaxStartups 100',
      // What the shell of this machine's user does when it starts is no part of the lab: it may be slow, or wait for a lock.
      `SetEnv HOME=${this.directory}`,
    ];
    writeFileSync(join(this.directory, 'sshd_config'), `${config.join('\n')}\n`);
  }
}

/** @throws what this machine lacks for a lab */
function requireNamespaces(): void {
  const { status, stderr, error } = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim();
  throw new Error(
    `Tests with several hosts need Linux and the right to make network namespaces (${reason}): run npm test as root, or in a container that is started with --privileged.`,
  );
}

let lastLab = 0;

/** One host of a {@link NetLab}. */
export class LabHost {
  readonly address: string;
  /** The same host by IPv6. */
  readonly address6: string;
  readonly #space: string;
  readonly #port: string;
  readonly #bridge: string;
  readonly #directory: string;
  #machine: ChildProcess | undefined;
  #wan: Wan | undefined;

  /** @internal */
  constructor(space: string, number: number, bridge: string, directory: string) {
    this.address = `10.77.0.${10 + number}`;
    this.address6 = `fd77::${10 + number}`;
    this.#space = space;
    this.#port = `p${number}`;
    this.#bridge = bridge;
    this.#directory = directory;
    ip('netns', 'add', space);
    ip('link', 'add', 'eth0', 'netns', space, 'type', 'veth', 'peer', 'name', this.#port, 'netns', bridge);
    ip('-n', bridge, 'link', 'set', this.#port, 'master', 'br0', 'up');
    ip('-n', space, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0');
    ip('-n', space, 'addr', 'add', `${this.address6}/64`, 'dev', 'eth0', 'nodad');
    for (const link of ['lo', 'eth0']) ip('-n', space, 'link', 'set', link, 'up');
  }

  /** Boots: sshd answers when the promise resolves. */
  async on(): Promise<void> {
    this.heal();
    const boot = [
      'mount -t tmpfs tmpfs /run && mkdir -p /run/sshd',
      `hostname ${this.#space}`,
      `exec /usr/sbin/sshd -D -e -f ${join(this.#directory, 'sshd_config')} -o ListenAddress=${this.address} -o ListenAddress=[${this.address6}] -o PidFile=none`,
    ];
    const namespaces = ['--pid', '--fork', '--kill-child=KILL', '--mount', '--uts', '--mount-proc'];
    this.#machine = spawn(
      'ip',
      ['netns', 'exec', this.#space, 'unshare', ...namespaces, 'bash', '-c', boot.join(' && ')],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    this.#machine.stderr!.on('data', (chunk) => {
      said += String(chunk);
    });
    const listens = () => said.includes('Server listening on');
    const complaint = (): string => `the lab's sshd at ${this.address} is not up: ${said}`;
    this.#machine.once('exit', () => {
      said += '\nit has ended';
    });
    await until(() => listens() || said.endsWith('has ended'), complaint);
    if (!listens()) throw new Error(complaint());
  }

  /** Power loss: the others hear nothing more, every process is dead. */
  async off(): Promise<void> {
    this.cut();
    await this.#end();
  }

  /** Pulls the cable. */
  cut(): void {
    ip('-n', this.#bridge, 'link', 'set', this.#port, 'down');
  }

  /** Plugs the cable in. */
  heal(): void {
    ip('-n', this.#bridge, 'link', 'set', this.#port, 'up');
  }

  /**
   * Begins a command on this host. It gets a standard input only when asked: that is a socket, for which a bash would first read
   * the start files of this machine's user.
   */
  begin(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    stdin: 'ignore' | 'pipe' = 'ignore',
  ): ChildProcess {
    const { POMELO_TS_SECRET: _, DEBUG: __, ...inherited } = process.env;
    const child = spawn('nsenter', ['-t', String(this.#init), '-a', '--wd=/', command, ...args], {
      env: { ...inherited, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    // nsenter stays between: a signal is meant for the command. It pauses with that, and does not go on by itself.
    const toNsenter = child.kill.bind(child);
    child.kill = (signal) => {
      const [pid] = childrenOf(child.pid!);
      const sent = pid !== undefined && process.kill(pid, signal);
      if (signal !== 'SIGSTOP') toNsenter('SIGCONT');
      return sent;
    };
    return child;
  }

  /** Pids of all its processes, as the machine counts them. */
  get pids(): readonly number[] {
    return ip('netns', 'pids', this.#space).split('\n').filter(Boolean).map(Number);
  }

  /** The pid that one of its processes has on the host itself, by the machine's pid; undefined for one of another host. */
  innerPid(pid: number): number | undefined {
    if (!this.pids.includes(pid)) return undefined;
    const own = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(own?.split(/\s+/).at(-1));
  }

  /** Loses packets that come in: from one other host, or a share of all. */
  drop(what: { readonly from: string } | { readonly share: number }): void {
    const rule =
      'from' in what
        ? `ip saddr ${what.from} drop`
        : `numgen random mod 1000 <= ${Math.round(what.share * 1000) - 1} drop`;
    const table = `table inet fault {\n chain in {\n  type filter hook input priority 0;\n  iifname "eth0" ${rule}\n }\n}\n`;
    run('ip', ['netns', 'exec', this.#space, 'nft', '-f', '-'], table);
  }

  /** Ends what {@link drop} began. */
  dropNothing(): void {
    run('ip', ['netns', 'exec', this.#space, 'nft', 'flush', 'ruleset']);
  }

  /** Makes its cable a long and bad one, from now on and live; see `wan.py`. An empty object makes it good again. */
  async wan(settings: WanSettings): Promise<void> {
    this.#wan ??= await Wan.insert(this.#port, this.#bridge);
    await this.#wan.set(settings);
  }

  /** @internal */
  async dismantle(): Promise<void> {
    this.#wan?.end();
    await this.#end();
    ip('netns', 'del', this.#space);
  }

  /** The pid, on the machine, of the host's first process. */
  get #init(): number {
    return childrenOf(this.#machine!.pid!)[0]!;
  }

  async #end(): Promise<void> {
    this.#machine?.kill('SIGKILL');
    await until(
      () => this.pids.length === 0,
      () => `processes of the host ${this.address} live on: ${this.pids.join(', ')}`,
    );
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}

async function until(isSo: () => boolean, complaint: () => string): Promise<void> {
  const end = Date.now() + bootMs;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(complaint());
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const ip = (...args: string[]): string => run('ip', args);

function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
}
