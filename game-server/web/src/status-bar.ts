import { byId } from './dom.js';
import type { LinkStatus } from './room-link.js';

/** How the connection is. */
export class StatusBar {
  readonly #status = byId('status', HTMLElement);
  #countdown: ReturnType<typeof setInterval> | undefined;

  show(link: LinkStatus): void {
    this.close();
    this.#status.className = `status ${link.kind}`;
    this.#status.title = link.kind === 'open' ? `Connected to ${link.server}` : '';
    const tell = (): void => {
      this.#status.textContent = textOf(link);
    };
    tell();
    if (link.kind === 'waiting') this.#countdown = setInterval(tell, 100);
  }

  close(): void {
    clearInterval(this.#countdown);
  }
}

function textOf(link: LinkStatus): string {
  if (link.kind === 'open') return 'connected';
  if (link.kind === 'connecting') return 'connecting…';
  const seconds = Math.max(0, (link.retryAt - performance.now()) / 1000).toFixed(1);
  return `reconnecting in ${seconds} s (attempt ${link.attempt})`;
}
