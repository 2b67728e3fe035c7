const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What to do when this process is told to stop, once and again. */
export interface StopActions {
  first(): void;
  second(): void;
}

/**
 * Listens for signals to stop; the returned function ends that. A second SIGINT or SIGTERM counts, whatever the first one
 * was. A second SIGHUP does not: of a terminal that closes two may come.
 */
export function onStopSignals(actions: StopActions): () => void {
  let told = 0;
  const hear = (signal: NodeJS.Signals) => {
    if (told > 0 && signal === 'SIGHUP') return;
    told++;
    if (told === 1) actions.first();
    else if (told === 2) actions.second();
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.off(signal, hear);
  };
}
