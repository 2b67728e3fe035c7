import { currentApp } from './current-app.js';

/** Has decorated classes made by a container of the app, such as that of an IoC library. */
export function useContainer(container: { get(made: unknown): object }): void {
  const app = currentApp();
  if (!app) throw new Error('useContainer was called before createApp(): call it after, in app.js');
  app.useContainer(container);
}
