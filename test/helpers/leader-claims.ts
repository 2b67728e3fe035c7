import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LabHost } from './netlab.js';

const script = fileURLToPath(new URL('leader-probe.mjs', import.meta.url));

/** An answer of a master that it leads; it was given between both times, in ms of the kernel's clock. */
export interface Claim {
  readonly host: string;
  readonly sent: number;
  readonly received: number;
  readonly term: number;
}

/** Watches from outside which masters say that they lead: on each host a process asks the master there, whatever the network does. */
export class LeaderClaims implements Disposable {
  readonly all: Claim[] = [];
  readonly #probes: readonly ChildProcess[];

  constructor(hosts: readonly LabHost[], port: number, env: Readonly<Record<string, string>>) {
    this.#probes = hosts.map((host) => {
      const { address } = host;
      const probe = host.begin(process.execPath, [script, address, String(port)], env);
      let rest = '';
      probe.stdout!.on('data', (chunk: Buffer) => {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          const { leads, ...answer } = JSON.parse(line) as Omit<Claim, 'host'> & { leads: boolean };
          if (leads) this.all.push({ host: address, ...answer });
        }
      });
      return probe;
    });
  }

  /** The time now, as in claims. */
  static now(): number {
    return Number(process.hrtime.bigint() / 1000n) / 1000;
  }

  /** Claims of masters on this host. */
  of({ address }: LabHost): readonly Claim[] {
    return this.all.filter(({ host }) => host === address);
  }

  /** Claims that were surely made after one of a higher term: two masters that led at once. */
  get overlaps(): readonly Claim[] {
    return this.all.filter(({ sent, term }) =>
      this.all.some((other) => other.term > term && other.received < sent),
    );
  }

  [Symbol.dispose](): void {
    for (const probe of this.#probes) probe.kill('SIGKILL');
  }
}
