import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from './certificates.js';
import { freePort } from './free-port.js';
import type { LabHost } from './netlab.js';

/** How long etcd may take until it serves clients, in ms. */
const bootMs = 20_000;

/** One member of an {@link EtcdCluster}. */
interface Member {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly host: LabHost | undefined;
  process: ChildProcess | undefined;
}

/** A real etcd of one or more members, on this machine or on the hosts of a lab. */
export class EtcdCluster implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'pomelo-ts-etcd-'));
  readonly #members: readonly Member[];
  readonly #tls: Certificates | undefined;

  private constructor(members: readonly Member[], tls?: Certificates) {
    this.#members = members;
    this.#tls = tls;
  }

  /** Starts one member on this machine that speaks TLS, and asks clients for a certificate of the same authority. */
  static async upWithTls(tls: Certificates): Promise<EtcdCluster> {
    const member = memberAt('m1', '127.0.0.1', await freePort(), await freePort(), undefined);
    return EtcdCluster.#started([{ ...member, clientUrl: member.clientUrl.replace('http:', 'https:') }], tls);
  }

  /** Starts `count` members on this machine. */
  static async up(count: number): Promise<EtcdCluster> {
    const members: Member[] = [];
    for (let n = 0; n < count; n++)
      members.push(memberAt(`m${n + 1}`, '127.0.0.1', await freePort(), await freePort(), undefined));
    return EtcdCluster.#started(members);
  }

  /** Starts a member on each of the hosts. */
  static onHosts(hosts: readonly LabHost[]): Promise<EtcdCluster> {
    return EtcdCluster.#started(
      hosts.map((host, index) => memberAt(`m${index + 1}`, host.address, 2379, 2380, host)),
    );
  }

  static async #started(members: readonly Member[], tls?: Certificates): Promise<EtcdCluster> {
    const cluster = new EtcdCluster(members, tls);
    try {
      await Promise.all(members.map((_, index) => cluster.begin(index)));
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Where its members answer clients. */
  get endpoints(): readonly string[] {
    return this.#members.map(({ clientUrl }) => clientUrl);
  }

  /** Starts a member, with the data it had. Resolves when it serves clients. */
  async begin(index: number): Promise<void> {
    const member = this.#members[index]!;
    const args = this.#argumentsOf(member);
    const child = member.host
      ? member.host.begin('etcd', args)
      : spawn('etcd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    member.process = child;
    await served(child);
  }

  /** Ends a member's process as a crash does; only of members on this machine. */
  async kill(index: number): Promise<void> {
    const { process, host } = this.#members[index]!;
    if (host) throw new Error('a member on a host of the lab goes with its host: use host.off()');
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  /** Pauses a member on this machine, or lets it go on: it is silent meanwhile, with its connections open. */
  signal(index: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#members[index]!.process?.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const local = this.#members.flatMap(({ host }, index) => (host ? [] : [index]));
    await Promise.all(local.map((index) => this.kill(index)));
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #argumentsOf({ name, clientUrl, peerUrl }: Member): string[] {
    const all = this.#members.map((member) => `${member.name}=${member.peerUrl}`).join(',');
    const options = {
      name,
      'data-dir': join(this.#directory, name),
      'listen-client-urls': clientUrl,
      'advertise-client-urls': clientUrl,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': all,
      // Tests want to see what members do, not what their disk does.
      'unsafe-no-fsync': 'true',
      ...(this.#tls && {
        'cert-file': this.#tls.member.cert,
        'key-file': this.#tls.member.key,
        'trusted-ca-file': this.#tls.ca,
        'client-cert-auth': 'true',
      }),
    };
    return Object.entries(options).map(([option, value]) => `--${option}=${value}`);
  }
}

function memberAt(
  name: string,
  address: string,
  client: number,
  peer: number,
  host: LabHost | undefined,
): Member {
  return {
    name,
    clientUrl: `http://${address}:${client}`,
    peerUrl: `http://${address}:${peer}`,
    host,
    process: undefined,
  };
}

/** Waits until it says that it serves clients. */
function served(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string): void => reject(new Error(`etcd ${why}:\n${said.slice(-3000)}`));
    const timer = setTimeout(() => fail(`does not serve clients after ${bootMs} ms`), bootMs);
    const hear = (chunk: Buffer): void => {
      said = said.slice(-20_000) + String(chunk);
      if (!/serving (insecure )?client requests|ready to serve client requests/.test(said)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stderr!.on('data', hear);
    child.stdout!.on('data', hear);
    child.once('error', (error) => fail(`was not started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}
