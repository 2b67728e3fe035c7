import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { eventually } from './cluster-process.js';

/** Characters that a terminal shows. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal that runs one command, and what stands on it. */
export class Screen {
  /** Its own: tmux takes a while to leave a socket. */
  readonly #socket = `pomelo-ts-test-${randomUUID()}`;

  constructor(command: string, { columns, rows }: ScreenSize = { columns: 100, rows: 30 }) {
    // the shell stays, so that the last screen can be read
    this.#tmux(
      'new-session',
      '-d',
      '-s',
      'screen',
      '-x',
      String(columns),
      '-y',
      String(rows),
      `${command}; echo "exit $?"; sleep 60`,
    );
  }

  text(): string {
    return this.#tmux('capture-pane', '-p', '-t', 'screen').trimEnd();
  }

  /** As {@link text}, with colours and other attributes as a terminal reads them. */
  painted(): string {
    return this.#tmux('capture-pane', '-p', '-e', '-t', 'screen').trimEnd();
  }

  /** Writes to `file` all that the command sends to the terminal from now on. */
  writeTo(file: string): void {
    this.#tmux('pipe-pane', '-o', '-t', 'screen', `cat >> '${file}'`);
  }

  resize({ columns, rows }: ScreenSize): void {
    this.#tmux('resize-window', '-t', 'screen', '-x', String(columns), '-y', String(rows));
  }

  /** Types characters as they are; {@link press} takes names of keys. */
  type(text: string): void {
    this.#tmux('send-keys', '-t', 'screen', '-l', text);
  }

  press(key: string): void {
    this.#tmux('send-keys', '-t', 'screen', key);
  }

  async shows(text: string): Promise<string> {
    try {
      return await eventually(
        () => (this.text().includes(text) ? this.text() : undefined),
        `"${text}" on the screen`,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message}; there is:\n${this.text()}`);
    }
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }
}
