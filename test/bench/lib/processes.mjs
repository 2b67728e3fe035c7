import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
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

  /** Environment for a process that belongs to this measurement. */
  get environment() {
    const [name = '', value] = this.#mark.split('=');
    return { ...process.env, NO_COLOR: '1', [name]: value };
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
   */
  startNode(file, args = []) {
    return this.start(process.execPath, [fileURLToPath(new URL(file, benchFolder)), ...args]);
  }

  /**
   * @param {string} command
   * @param {string[]} args
   * @param {{ cwd?: string }} [options]
   */
  start(command, args, options = {}) {
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
    /** @type {Promise<number | string>} */
    const ended = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'no code'));
      child.on('error', (error) => resolve(error.message));
    });
    const about = `${command} ${args.join(' ')}`.slice(0, 300);

    return {
      pid: /** @type {number} */ (child.pid),
      ended,
      output: () => output,
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
        void ended.then((value) => {
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
        if (code !== 0) throw new Error(`${about} ended with ${code}\n${errors || output.slice(-4000)}`);
        return output;
      },
    };
  }

  /** Ends whatever is left, first politely. */
  async endAll() {
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
