import { placesOf } from '@pomelo-ts/common/internal';
import {
  beganBefore,
  masterLives,
  mastersWithoutFile,
  RuntimeFile,
  type RuntimeState,
} from '@pomelo-ts/master/internal';
import { envOf, type GlobalOptions } from './game.js';

/** An environment, and whether it is that of the master that runs here for the game at `root`: nobody has asked for another one. */
export interface ChosenEnv {
  readonly env: string;
  readonly ofMaster: boolean;
}

/** The environment of a command that reads files: the one that was asked for, that of the master that runs here, or the one to start in. */
export function chosenEnv(root: string, { env }: Pick<GlobalOptions, 'env'>): ChosenEnv {
  const running = env === undefined ? masterOnThisHost(root)?.state?.env : undefined;
  return { env: running ?? envOf({ env }), ofMaster: running !== undefined };
}

/** A master that is found by its process alone: nobody but itself knows its environment. */
export type MasterPlace = Pick<RuntimeState, 'pid' | 'host' | 'port'>;

/** What is known of the master of this machine that runs for a game. */
export interface FoundMaster {
  readonly pid: number;
  /** What its file tells; undefined where that is lost or could not be written. */
  readonly state: RuntimeState | undefined;
  /** Where it may be asked; none while it does not listen, as when it is about to start. */
  readonly places: readonly MasterPlace[];
}

/**
 * Finds the master of this machine that runs for the game at `root`: by its file, and where there is none by its process. A start looks for
 * those `before` it: of two at once only one goes on.
 */
export function masterOnThisHost(root: string, { before = false } = {}): FoundMaster | undefined {
  const written = new RuntimeFile(root).read();
  if (written && masterLives(written, root)) return { pid: written.pid, state: written, places: [written] };
  const masters = mastersWithoutFile(root)
    .filter((pid) => !before || beganBefore(pid))
    .map((pid) => ({
      pid,
      state: undefined,
      places: placesOf(pid).map((place) => ({ pid, ...place })),
    }));
  return masters.find(({ places }) => places.length > 0) ?? masters[0]; // of two starts at once, the one that was first
}
