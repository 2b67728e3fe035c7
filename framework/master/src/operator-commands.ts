import type { OperatorHandler } from '@pomelo-ts/cluster';
import type { ReloadOptions, ReloadRow } from './reload.js';
import type { ServerRow } from './server-row.js';
import type { OnProgress } from './supervisor/progress.js';

/** Which servers a command means; both empty means all. */
export interface Selection {
  readonly ids?: readonly string[];
  readonly types?: readonly string[];
}

/** What operators may have a master do. */
export interface Commanded {
  list(): readonly ServerRow[];
  describe(): ServerRow;
  start(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  stop(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  restart(selection: Selection, onProgress: OnProgress): Promise<readonly string[]>;
  reload(selection: Selection, options: ReloadOptions, onProgress: OnProgress): Promise<readonly ReloadRow[]>;
  kill(selection: Selection): Promise<void>;
  shutdown(onProgress: OnProgress, how?: { readonly interrupt: boolean }): Promise<readonly string[]>;
}

/** The commands that operators may give, over the link. */
export function operatorCommands(master: Commanded): OperatorHandler {
  return async (command, args, progress) => {
    const selection = { ids: textsOf(args['ids']), types: textsOf(args['types']) };
    const all = selection.ids.length === 0 && selection.types.length === 0;
    switch (command) {
      case 'list':
        return master.list();
      case 'describe':
        return master.describe();
      case 'start':
        return { started: await master.start(selection, progress) };
      case 'restart':
        return { restarted: await master.restart(selection, progress) };
      case 'reload':
        return { servers: await master.reload(selection, reloadOptionsOf(args), progress) };
      case 'stop':
        if (!all) return { killed: await master.stop(selection, progress) };
        return { killed: await master.shutdown(progress), master: 'stopped' };
      case 'kill':
        await master.kill(selection);
        if (all) await master.shutdown(progress, { interrupt: true });
        return all ? { master: 'stopped' } : {};
      default:
        throw new Error(`there is no command ${command}`);
    }
  };
}

function reloadOptionsOf({ watchMs, force }: Readonly<Record<string, unknown>>): ReloadOptions {
  return { force: force === true, ...(typeof watchMs === 'number' && { watchMs }) };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** `start of chat-1, chat-2`, for who is told to wait for it. */
export function operationName(verb: string, ids: readonly string[], total: number): string {
  if (ids.length === total) return `${verb} of all servers`;
  return `${verb} of ${ids.length <= 3 ? ids.join(', ') : `${ids.length} servers`}`;
}
