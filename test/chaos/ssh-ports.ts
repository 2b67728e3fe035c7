import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOf } from '../helpers/many-hosts.js';
import { type LabHost, type NetLab, sshPort } from '../helpers/netlab.js';
import type { BadSsh } from './schedule.js';

const script = fileURLToPath(new URL('../helpers/bad-ssh-port.mjs', import.meta.url));

/** A port on each host that leads to its sshd, or does what it should not. */
export class SshPorts {
  readonly port = 59700;
  /** Where the keys are on record that hosts show there. */
  readonly knownHosts: string;
  readonly #lab: NetLab;

  constructor(lab: NetLab) {
    this.#lab = lab;
    this.knownHosts = join(lab.directory, 'known');
    writeFileSync(this.knownHosts, lab.knownHosts.replaceAll(`:${sshPort} `, `:${this.port} `));
    for (const host of lab.hosts) this.become(host, 'well');
  }

  /** On a host that has booted. */
  async open(host: LabHost): Promise<void> {
    const words = [script, host.address, String(this.port), String(sshPort), this.#file(host)];
    await once(host.begin(process.execPath, words).stdout!, 'data');
  }

  become(host: LabHost, mode: BadSsh | 'well'): void {
    writeFileSync(this.#file(host), mode);
  }

  /** Pids of a host's SSH server and what it has begun for each connection. */
  serverPids(host: LabHost): readonly number[] {
    return host.pids.filter((pid) => /^(\/usr\/sbin\/)?sshd/.test(commandOf(pid)[0] ?? ''));
  }

  #file(host: LabHost): string {
    return join(this.#lab.directory, `ssh-port-${host.address}`);
  }
}
