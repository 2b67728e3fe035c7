import { AsyncLocalStorage } from 'node:async_hooks';
import type { Application } from '../application.js';

/** One `app.js` on its way. */
export interface SettingUp {
  readonly app: Application;
  /** Set by an `app.js` that takes its application by itself: resolves when it has set it up. */
  done?: Promise<void>;
  /** Called when the code of `app.js` has run. */
  evaluated?: () => void;
}

/**
 * Whose code runs: an old app's `createApp()` is given nothing to know that by, and in single mode there are several servers.
 * Node keeps it for the whole process, and with it every promise costs more: {@link forgetSettingUp}.
 */
const inside = new AsyncLocalStorage<SettingUp>();

/** The last of the code that is being loaded; there is one `require` cache, so nobody loads beside another. */
let loading: Promise<unknown> = Promise.resolve();

/** The application that the code that runs now belongs to, as far as it is known. */
export function settingUp(): SettingUp | undefined {
  return inside.getStore();
}

/** Runs `fn` as code of the application that `at` is about. */
export function runSettingUp<T>(at: SettingUp, fn: () => T): T {
  return inside.run(at, fn);
}

/** Ends what {@link settingUp} costs; what runs now is nobody's from here on. */
export function forgetSettingUp(): void {
  inside.disable();
}

/** Runs `load` when no other code of this process is being loaded. */
export function loadAlone<T>(load: () => Promise<T>): Promise<T> {
  const turn = loading.then(load);
  loading = turn.catch(() => {});
  return turn;
}
