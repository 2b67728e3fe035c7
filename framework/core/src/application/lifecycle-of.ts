/** What is done around the life of a server, in the order of its life. */
export interface LifecycleOf<App> {
  /** Before anything of the server starts. An error stops the start. */
  beforeStartup?(app: App): unknown;
  /** When the server can take work, before it says that it is ready. An error stops the start. */
  afterStartup?(app: App): unknown;
  /** When all servers of the start are ready; in one that starts later, right after its own start. An error is logged. */
  afterStartAll?(app: App): unknown;
  /**
   * First of all when the server stops: nobody is sent to it any more, its clients are still connected. It has at most the
   * time that the stop has. An error is logged, and the stop goes on.
   */
  beforeShutdown?(app: App): unknown;
}

/** Hooks, and whose they are in messages. */
export interface OwnedLifecycle<App> {
  readonly owner: string;
  readonly hooks: LifecycleOf<App>;
}
