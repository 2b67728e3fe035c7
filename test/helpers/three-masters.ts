import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type CommandResult,
  eventually,
  fixtureServer,
  type RunningCommand,
  TestGame,
} from './cluster-process.js';
import type { EtcdCluster } from './etcd.js';
import { LeaderClaims } from './leader-claims.js';
import { type LabHost, type NetLab, sshPort } from './netlab.js';

const secret = 'the secret of a game with several masters';
const port = 3005;
const production = ['-e', 'production'];
/** Longest wait for what takes seconds, in ms: a busy machine has its time, too. */
export const patienceMs = 40_000;

type Rows = Readonly<Record<string, { readonly state: string; readonly pid?: number }>>;
/** Of processes, by server id. */
export type Pids = Readonly<Record<string, number | undefined>>;

/** Pids of the servers' processes on a host. */
export function livesOn({ pids }: LabHost): number[] {
  return pids.filter((pid) => {
    try {
      const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return script === fixtureServer && !/^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false; // it ended meanwhile
    }
  });
}

/** A game with a master and a chat server on each of three hosts, of which the first master leads. */
export class ThreeMasters implements AsyncDisposable {
  readonly game: TestGame;
  readonly claims: LeaderClaims;
  /** By their hosts, in order. */
  readonly masters: RunningCommand[] = [];
  readonly #lab: NetLab;

  private constructor(lab: NetLab, game: TestGame) {
    this.#lab = lab;
    this.game = game;
    this.claims = new LeaderClaims(lab.hosts, port, { POMELO_TS_SECRET: secret });
  }

  /**
   * @param prefix of its keys in etcd: no two games have the same
   * @param more settings of the masters
   */
  static async begin(
    lab: NetLab,
    etcd: EtcdCluster,
    prefix: string,
    more: object = {},
  ): Promise<ThreeMasters> {
    const chat = lab.hosts.map(({ address: host }, at) => ({ id: `chat-${at + 1}`, host, port: 6000 }));
    const game = await TestGame.make(
      { chat: chat.map((entry) => ({ ...entry, 'auto-restart': true })) },
      {
        env: { HOME: lab.home, POMELO_TS_SECRET: secret },
        master: {
          port,
          masters: lab.hosts.map(({ address: host }) => ({ host, port })),
          store: { kind: 'etcd', endpoints: etcd.endpoints, prefix },
          ssh_config_params: [`-p ${sshPort}`, '-o ConnectTimeout=5'],
          ...more,
        },
      },
    );
    const three = new ThreeMasters(lab, game);
    try {
      await three.#beginAll();
      return three;
    } catch (error) {
      await three[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What a command says on a host. */
  run(at: number, command: string, ...args: string[]): Promise<CommandResult> {
    return this.beginOn(at, command, ...args).ended;
  }

  beginOn(at: number, command: string, ...args: string[]): RunningCommand {
    this.game.on = this.#lab.hosts[at];
    return this.game.begin(command, ...args, ...production);
  }

  /** What `list` says on a host, by id. */
  async rowsOn(at: number): Promise<Rows> {
    const { stdout, stderr } = await this.run(at, 'list', '--json');
    if (!stdout) throw new Error(stderr);
    return Object.fromEntries(JSON.parse(stdout).map((row: { id: string }) => [row.id, row]));
  }

  async pidsOn(at: number): Promise<Pids> {
    return Object.fromEntries(Object.entries(await this.rowsOn(at)).map(([id, { pid }]) => [id, pid]));
  }

  /** Waits until a master on another host than the first leads; gives its place, and tells how long it took. */
  async takenOver(what: string, since: number): Promise<number> {
    const { hosts } = this.#lab;
    const later = await eventually(
      () => this.claims.all.find(({ host }) => host !== hosts[0]!.address),
      'the takeover',
      patienceMs,
    );
    console.log(`${what}: another master leads after ${Math.round(later.received - since)} ms`);
    return hosts.findIndex(({ address }) => address === later.host);
  }

  /**
   * Waits until the master that led first stands by another one. On a busy machine the lease may pass on once more: then it is
   * enough that it was elected anew.
   */
  async joinedAgain(): Promise<void> {
    const [own, ...others] = this.#lab.hosts as [LabHost, ...LabHost[]];
    const standby = others.map(({ address }) => `standby: the master at ${address}:${port}`);
    const first = Math.min(...this.claims.of(own).map(({ term }) => term));
    await eventually(
      () =>
        standby.some((text) => this.masters[0]!.stdout.includes(text)) ||
        this.claims.of(own).some(({ term }) => term > first),
      'the former leader under another one, or elected anew',
      patienceMs,
    );
  }

  /** All servers are ready with these pids, where they are given, and each of them has one process. */
  async allReady(at: number, pids: Pids): Promise<void> {
    await eventually(
      async () => {
        const rows = Object.entries(await this.rowsOn(at).catch(() => ({}) as Rows));
        return (
          rows.length === 3 &&
          rows.every(([id, { state, pid }]) => state === 'ready' && pid === (pids[id] ?? pid))
        );
      },
      `the same servers under the master on host ${at + 1}`,
      patienceMs,
    );
    expect(this.#lab.hosts.map((host) => livesOn(host).length)).toEqual([1, 1, 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#lab.hosts) {
      host.heal();
      host.dropNothing();
    }
    this.claims[Symbol.dispose]();
    for (const master of this.masters) goOn(master);
    await this.game[Symbol.asyncDispose]();
  }

  async #beginAll(): Promise<void> {
    const { hosts } = this.#lab;
    await Promise.all(hosts.map((host, at) => this.#ownState(host, at)));
    const first = this.beginOn(0, 'start');
    this.masters.push(first);
    await first.says('3 servers ready');
    for (const at of [1, 2]) this.masters.push(this.beginOn(at, 'start'));
    for (const other of this.masters.slice(1))
      await other.says(`standby: the master at ${hosts[0]!.address}:${port}`);
  }

  /** Each host has a state folder of its own where the others have theirs. */
  async #ownState(host: LabHost, at: number): Promise<void> {
    const [folder, own] = [join(this.game.root, '.pomelo-ts'), join(this.game.root, `state-${at + 1}`)];
    for (const path of [folder, own]) mkdirSync(path, { recursive: true });
    const mount = host.begin('mount', ['--bind', own, folder]);
    let said = '';
    mount.stderr!.on('data', (chunk) => {
      said += String(chunk);
    });
    const [code] = await once(mount, 'close');
    if (code !== 0) throw new Error(`mount ended with ${code}: ${said}`);
  }
}

/** Lets a process go on that was paused: nsenter, which stands before it, has paused itself with it. */
export function goOn({ child }: RunningCommand): void {
  if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, 'SIGCONT');
}
