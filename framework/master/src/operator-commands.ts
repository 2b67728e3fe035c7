import type { OperatorHandler } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import type { Leader } from './leadership/leader.js';
import type { Tenure } from './leadership/tenure.js';
import { type Changeable, changeCommand } from './operator-commands/change-commands.js';
import type { ReloadOptions, ReloadRow } from './reload.js';
import type { ServerRow } from './server-row.js';
import type { OnProgress } from './supervisor/progress.js';
import { type RestartHow, restartHowOf } from './supervisor/restart-how.js';

/** Which servers a command means; all empty means all. */
export interface Selection {
  readonly ids?: readonly string[];
  readonly types?: readonly string[];
  readonly hosts?: readonly string[];
}

/** How servers are restarted, and whether their code is tried before. */
export interface RestartOptions extends RestartHow {
  /** @default true */
  readonly trial?: boolean;
}

/** What operators may have a master do. */
export interface Commanded extends Changeable {
  readonly leader: Leader;
  readonly env: string;
  list(): readonly ServerRow[];
  describe(): ServerRow;
  start(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  stop(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  restart(selection: Selection, onProgress: OnProgress, how?: RestartOptions): Promise<readonly string[]>;
  reload(selection: Selection, options: ReloadOptions, onProgress: OnProgress): Promise<readonly ReloadRow[]>;
  kill(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  shutdown(onProgress: OnProgress, how?: { readonly interrupt: boolean }): Promise<readonly string[]>;
}

/** What any master answers to the command `leader`. */
export interface LeaderAnswer {
  /** Whether it is the one that was asked. */
  readonly leads: boolean;
  /** The environment that it runs in. */
  readonly env: string;
  /** Undefined while nobody leads, as far as is known. */
  readonly leader?: Leader | undefined;
}

/** The commands that operators may give, over the link. */
export function operatorCommands(master: Commanded): OperatorHandler {
  return async (command, args, progress) => {
    const ids = textsOf(args['ids']);
    const types = textsOf(args['types']);
    const hosts = textsOf(args['hosts']);
    const selection = { ids, types, hosts };
    const all = ids.length + types.length + hosts.length === 0;
    switch (command) {
      case 'leader':
        return { leads: true, env: master.env, leader: master.leader } satisfies LeaderAnswer;
      case 'list':
        return master.list();
      case 'describe':
        return master.describe();
      case 'start':
        return { started: await master.start(selection, progress) };
      case 'restart':
        return { restarted: await master.restart(selection, progress, restartOptionsOf(args)) };
      case 'reload':
        return { servers: await master.reload(selection, reloadOptionsOf(args), progress) };
      case 'stop':
        if (!all) return { killed: await master.stop(selection, progress) };
        return { killed: await master.shutdown(progress), master: 'stopped' };
      case 'kill': {
        const killed = await master.kill(selection, progress);
        if (all) await master.shutdown(progress, { interrupt: true });
        return all ? { killed, master: 'stopped' } : { killed };
      }
      default:
        return changeCommand(master, { command, args, ids, progress });
    }
  };
}

/** Refuses commands once the tenure is over: after a pause of the process, they may come before its timers do. */
export function onlyWhileLeading(tenure: Tenure, handler: OperatorHandler): OperatorHandler {
  return async (command, args, progress) => {
    if (tenure.holds()) return handler(command, args, progress);
    throw new PomeloError('NOT_LEADING', { leader: 'another one' });
  };
}

const restartOptionsOf = (args: Readonly<Record<string, unknown>>): RestartOptions => ({
  trial: args['trial'] !== false,
  ...restartHowOf(args),
});

function reloadOptionsOf({ watchMs, force }: Readonly<Record<string, unknown>>): ReloadOptions {
  return { force: force === true, ...(typeof watchMs === 'number' && { watchMs }) };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** `start of chat-1, chat-2`, for who is told to wait for it. */
export function operationName(verb: string, ids: readonly string[], total: number): string {
  if (ids.length === 0) return verb;
  if (ids.length === total) return `${verb} of all servers`;
  return `${verb} of ${ids.length <= 3 ? ids.join(', ') : `${ids.length} servers`}`;
}
