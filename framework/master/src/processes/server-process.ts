import type { BootData, ServerEntry } from '@pomelo-ts/cluster';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life of a server, wherever it runs. */
export interface ServerProcess {
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly exited: Promise<Exit>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** The last lines it wrote, once all it wrote has arrived. */
  lastLines(): Promise<readonly string[]>;
}

/** Starts processes of servers. */
export interface Launcher {
  launch(server: ServerEntry, boot: BootData): ServerProcess;
}

/** `exit code 1` or `signal SIGKILL`. */
export function showExit({ code, signal }: Exit): string {
  if (signal) return `signal ${signal}`;
  return code === null ? 'an unknown end' : `exit code ${code}`;
}
