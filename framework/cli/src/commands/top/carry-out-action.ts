import type { Operations, Progress, Verb } from '@pomelo-ts/master';
import { showAnswer } from '../../console/show-answer.js';
import type { MasterClient } from '../../master-client.js';
import { shown } from '../../view/top/named.js';
import type { Order } from '../../view/top/order.js';
import type { ProfileWish } from '../../view/top/profile-wish.js';
import { count, showBytes } from '../../view/units.js';
import { busiestTable } from '../profile/busiest-table.js';
import { ProfileFile } from '../profile/profile-file.js';
import { fileOf } from '../profile.js';

/** Hears how an operation goes on, and what came of it. */
export interface OrderListener {
  told(text: string): void;
  /** There is something to be read. */
  answered(lines: readonly string[]): void;
}

/** Has done what was asked for, and tells how that goes. @throws what the master, or the disk, says against it */
export async function carryOutOrder(
  client: MasterClient,
  order: Order,
  listener: OrderListener,
): Promise<void> {
  const { verb, args, title } = order;
  const tell = (text: string) => listener.told(`${title}: ${text}`);
  if (verb === 'servers.profile') return takeProfile(client, order, listener);
  // the master reads the arguments by its table, and says what is wrong with them
  const answer: unknown = await client.operate(verb, args as Operations[Verb]['args'], (event) => {
    const news = newsOf(event);
    if (news !== undefined) tell(news);
  });
  if (verb === 'users.kick') listener.told(`kick ${args['uid']}: ${kickedText(answer as Kicked)}`);
  else if (isSaid(answer, verb)) tell('done');
  else listener.answered(showAnswer(order, answer, (_style, text) => text).split('\n'));
}

/** Whether all there is to an answer is that it was done: most of those about servers name again what they were asked for. */
const isSaid = (answer: unknown, verb: Verb): boolean =>
  answer === null || (verb.startsWith('servers.') && Object.keys(answer as object).every(isPast));

const isPast = (name: string): boolean =>
  ['started', 'restarted', 'killed', 'drained', 'undrained'].includes(name);

type Kicked = Operations['users.kick']['answer'];

function kickedText({ sessions, silent }: Kicked): string {
  const where = [...new Set(sessions.map(({ frontendId }) => frontendId))];
  const ended =
    sessions.length === 0
      ? 'is not connected'
      : `ended ${count(sessions.length, 'session')} on ${shown(where)}`;
  return silent.length === 0 ? ended : `${ended}; no answer from ${shown(silent.map(({ id }) => id))}`;
}

async function takeProfile(client: MasterClient, { args }: Order, listener: OrderListener): Promise<void> {
  const { id, wish } = args as { readonly id: string; readonly wish: ProfileWish };
  const name = fileOf(id, wish.kind === 'heap');
  const file = new ProfileFile(name, { kind: wish.kind, replaces: false });
  try {
    const { bytes } = await client.operate('servers.profile', { id, wish }, (part) => file.write(part));
    file.close(bytes);
    const wrote = `wrote ${name} (${showBytes(bytes)})`;
    if (wish.kind === 'cpu') listener.answered([...busiestTable(file).split('\n'), '', wrote]);
    else listener.told(`profile ${id}: ${wrote}`);
  } catch (error) {
    file.drop();
    throw error;
  }
}

/** What is worth a line of what an operation tells while it goes on. */
function newsOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('kind' in event)) return undefined;
  const progress = event as Progress;
  switch (progress.kind) {
    case 'waiting':
      return `waits for ${progress.operation}`;
    case 'approval':
      return `waits for a second person, who approves ${progress.id}`;
    case 'warning':
      return progress.text;
    case 'tier':
      return undefined;
    case 'operation':
      return `operation ${progress.operation.id} ${progress.operation.state}`;
    default:
      return `${progress.id} ${progress.state}`;
  }
}
