import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processesMarked } from './proc-stat.mjs';

const benchFolder = new URL('../', import.meta.url);

/**
 * Everything that one measurement starts. Each process carries a mark in its environment and hands it on to its own
 * children, so that daemons and orphans are found by it and ended by pid.
 */
export class Processes {
  #mark = `POMELO_TS_BENCH=${randomUUID()}`;
  /** The cluster secret, without which ours does not start in production. */
  #secret = randomUUID();
  /** @type {string[]} */
  #folders = [];
  #ended = false;

  /** Environment for a process that belongs to this measurement. */
  get environment() {
    const [name = '', value] = this.#mark.split('=');
    return { ...process.env, NO_COLOR: '1', POMELO_TS_SECRET: this.#secret, [name]: value };
  }

  /**
   * Waits until nothing of this measurement runs any more.
   *
   * @param {number} ms
   */
  async allEnded(ms) {
    const deadline = performance.now() + ms;
    while (this.list().length > 0 && performance.now() < deadline) await sleep(20);
  }

  /** A new folder that is removed with the processes. */
  temporaryFolder() {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-bench-'));
    this.#folders.push(folder);
    return folder;
  }

  /** Processes of this measurement that run now. */
  list() {
    return processesMarked(this.#mark);
  }

  /**
   * Starts a Node program of this folder.
   *
   * @param {string} file relative to test/bench
   * @param {string[]} [args]
   * @param {string[]} [nodeArgs] for Node itself
   */
  startNode(file, args = [], nodeArgs = []) {
    return this.start(process.execPath, [...nodeArgs, fileURLToPath(new URL(file, benchFolder)), ...args]);
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {{ cwd?: string }} [options]
   */
  start(command, args, options = {}) {
    if (this.#ended) throw new Error('this measurement is over, nothing is started any more');
    const child = spawn(command, args, {
      ...options,
      env: this.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    /** @param {'exit' | 'close'} event @returns {Promise<number | string>} */
    const after = (event) =>
      new Promise((resolve) => {
        child.on(event, (code, signal) => resolve(code ?? signal ?? 'no code'));
        child.on('error', (error) => resolve(error.message));
      });
    const ended = after('exit');
    // Comes late, or never, when a daemon has inherited the pipes.
    const closed = after('close');
    const about = `${command} ${args.join(' ')}`.slice(0, 300);

    return {
      pid: /** @type {number} */ (child.pid),
      /** Ends it politely. */
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
      /**
       * The first line on stdout, as JSON.
       *
       * @param {number} ms
       * @returns {Promise<any>}
       */
      firstLine: async (ms) => {
        const deadline = performance.now() + ms;
        /** @type {number | string | undefined} */
        let code;
        void closed.then((value) => {
          code = value;
        });
        while (!output.includes('\n')) {
          if (code !== undefined) throw new Error(`${about} ended with ${code}\n${errors}`);
          if (performance.now() > deadline)
            throw new Error(`${about} said nothing within ${ms} ms\n${errors}`);
          await sleep(5);
        }
        return JSON.parse(output.slice(0, output.indexOf('\n')));
      },
      /**
       * Waits for its end with code 0.
       *
       * @param {number} ms
       */
      finish: async (ms) => {
        const code = await Promise.race([ended, sleep(ms, `no end within ${ms} ms`, { ref: false })]);
        await Promise.race([closed, sleep(20)]);
        if (code !== 0) throw new Error(`${about} ended with ${code}\n${errors || output.slice(-4000)}`);
        return output;
      },
    };
  }

  /** Ends whatever is left, first politely, and removes the folders. */
  async endAll() {
    this.#ended = true;
    try {
      await this.#endProcesses();
    } finally {
      for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
    }
  }

  async #endProcesses() {
    for (const [signal, waits] of /** @type {const} */ ([
      ['SIGTERM', 20],
      ['SIGKILL', 20],
    ])) {
      for (let wait = 0; wait < waits; wait++) {
        const left = this.list();
        if (left.length === 0) return;
        for (const { pid } of left) endProcess(pid, wait === 0 || signal === 'SIGKILL' ? signal : 0);
        await sleep(100);
      }
    }
    throw new Error(`processes that do not end: ${this.list().map(({ pid }) => pid)}`);
  }
}

/** @param {number} pid @param {NodeJS.Signals | 0} signal */
function endProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
