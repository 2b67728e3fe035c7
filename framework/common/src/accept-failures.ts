import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';

/** How long failures are counted after one that was told, in ms. */
const windowMs = 60_000;

/** What {@link hearAcceptFailures} works with. */
export interface AcceptFailureParts {
  /** What cannot take a connection, as the first words of a line: `the admin`. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Hears a listening server that could not take a connection, for want of file descriptors or memory say: unheard, that would end the
 * process. The first failure is told at once, those of the next minute as a number.
 *
 * @example server.once('listening', () => hearAcceptFailures(server, { name: 'the admin', clock, logger }));
 */
export function hearAcceptFailures(server: EventEmitter, { name, clock, logger }: AcceptFailureParts): void {
  let more = 0;
  let cancel: (() => void) | undefined;
  const tell = () => {
    cancel?.();
    cancel = undefined;
    if (more > 0) logger.error(`${name} could not take ${more} more connections in ${windowMs / 1000} s`);
    more = 0;
  };
  server.on('error', (error) => {
    if (cancel) more += 1;
    else {
      logger.error(`${name} could not take a connection`, { error });
      cancel = clock.every(windowMs, tell);
    }
  });
  server.once('close', tell);
}
