import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How a cable carries packets. */
export interface WanSettings {
  /** Time for one way, in ms. @default 0 */
  readonly delay?: number;
  /** Most that the time of a packet differs from `delay`, in ms. @default 0 */
  readonly jitter?: number;
  /** Share of the packets that are lost on either way, from 0 to 1. @default 0 */
  readonly loss?: number;
  /** Share of those from the host that are lost. @default loss */
  readonly lossFromHost?: number;
  /** Share of those to the host that are lost. @default loss */
  readonly lossToHost?: number;
}

const script = fileURLToPath(new URL('./wan.py', import.meta.url));

/** A relay in the cable of a lab's host, for what the kernel of a test machine may not have: delay, jitter and loss. */
export class Wan {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#reader = createInterface({ input: process.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Puts a relay between `port`, a host's end in the namespace `bridge`, and the lab's bridge. */
  static async insert(port: string, bridge: string): Promise<Wan> {
    const [near, far] = [`${port}a`, `${port}b`];
    const relay = spawn('ip', ['netns', 'exec', bridge, 'python3', script, near, far], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const wan = new Wan(relay);
    await wan.#says('ready');
    const link = (...args: string[]): void => void execFileSync('ip', ['-n', bridge, 'link', ...args]);
    link('add', `${port}x`, 'type', 'bridge');
    link('set', `${port}x`, 'up');
    link('set', near, 'master', `${port}x`, 'up');
    link('set', far, 'master', 'br0', 'up');
    link('set', port, 'master', `${port}x`);
    return wan;
  }

  async set({ lossFromHost, lossToHost, ...settings }: WanSettings): Promise<void> {
    const oneWay = {
      ...(lossFromHost !== undefined && { loss_in: lossFromHost }),
      ...(lossToHost !== undefined && { loss_out: lossToHost }),
    };
    this.#process.stdin!.write(`${JSON.stringify({ ...settings, ...oneWay })}\n`);
    await this.#says('ok');
  }

  end(): void {
    this.#process.stdin!.end();
    this.#reader.close();
  }

  async #says(word: string): Promise<void> {
    const { value } = await this.#lines.next();
    if (value !== word) throw new Error(`expected the relay to say ${word}, got ${value}`);
  }
}
