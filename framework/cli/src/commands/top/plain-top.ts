import type { Page, ViewQuery } from '@pomelo-ts/views';
import { exitCodes } from '../../failure.js';
import type { MasterClient } from '../../master-client.js';
import type { Terminal } from '../../terminal.js';
import { escaped } from '../../view/escaped.js';
import { plainChanges } from '../../view/top/plain-changes.js';
import { onStopSignals } from '../start/signals.js';
import { LivePage } from './live-page.js';

/** Tells what changes in a view line by line, for screen readers and for pipes, until Ctrl-C; gives the exit code. @throws why there is no master at the begin */
export async function plainTop(
  connect: () => Promise<MasterClient>,
  query: ViewQuery,
  terminal: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  let code: number = exitCodes.fine;
  let page: Page | undefined;
  let told: string | undefined;
  const say = (reason: string, refused: boolean) => {
    if (told !== reason)
      terminal.err(escaped(refused ? reason : `the master is looked for again: ${reason}`));
    told = reason;
  };
  let end: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const live = new LivePage(connect, {
    page: (next) => {
      told = undefined;
      for (const line of plainChanges(query.view, page, next)) terminal.out(line);
      page = next;
    },
    lost: (reason) => say(reason, false),
    refused: (reason) => {
      say(reason, true);
      code = exitCodes.usage;
      end();
    },
  });
  const release = onStopSignals({ first: end, second: end });
  try {
    await live.client(); // without a master at the beginning there is nothing to tell
    live.show(query);
    await over;
  } finally {
    release();
    live.close();
  }
  return code;
}
