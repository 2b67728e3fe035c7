import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { eventually } from './cluster-process.js';

/** A terminal of 100 by 30 characters that runs one command, and what stands on it. */
export class Screen {
  /** Its own: tmux takes a while to leave a socket. */
  readonly #socket = `pomelo-ts-test-${randomUUID()}`;

  constructor(command: string) {
    // the shell stays, so that the last screen can be read
    this.#tmux(
      'new-session',
      '-d',
      '-s',
      'screen',
      '-x',
      '100',
      '-y',
      '30',
      `${command}; echo "exit $?"; sleep 60`,
    );
  }

  text(): string {
    return this.#tmux('capture-pane', '-p', '-t', 'screen').trimEnd();
  }

  press(key: string): void {
    this.#tmux('send-keys', '-t', 'screen', key);
  }

  async shows(text: string): Promise<string> {
    return eventually(
      () => (this.text().includes(text) ? this.text() : undefined),
      `"${text}" on the screen`,
    );
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server');
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }
}
