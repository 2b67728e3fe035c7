/** The route of what a probe asks, and of the push that it gets. No game can have it: its server types have other names. */
export const probeRoute = 'sys.probe.push';

/** The framework's own remotes by which a prober is given a word, and a connector has a backend push. */
export const probeRemotes = { open: 'sys.probe.open', push: 'sys.probe.push' } as const;

/** What a connector answers to a probe: which backend was to push, none where there is none. */
export interface ProbeAnswer {
  readonly backend?: string;
  /** Why that did not push. */
  readonly failure?: string;
}
