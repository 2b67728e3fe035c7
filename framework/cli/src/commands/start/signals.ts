const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What to do when this process is told to stop, once and again. */
export interface StopActions {
  first(): void;
  second(): unknown;
}

/** Listens for signals to stop; the returned function ends that. A second one counts only by hand (Ctrl-C). */
export function onStopSignals(actions: StopActions): () => void {
  let told = false;
  const hear = (signal: string) => {
    if (!told) {
      told = true;
      actions.first();
    } else if (signal === 'SIGINT') actions.second();
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.off(signal, hear);
  };
}
