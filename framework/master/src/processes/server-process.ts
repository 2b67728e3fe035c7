import type { ServerEntry } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Killed by the kernel because memory ran out. */
  readonly oom?: boolean;
  /** Why there never was a process, or why nobody knows how it ended. */
  readonly reason?: string;
  /** Its host could not be reached, to start it or to see its end. */
  readonly unreached?: boolean;
}

/** One life of a server, wherever it runs. */
export interface ServerProcess {
  /** Undefined until its host has started it. */
  readonly pid: number | undefined;
  /** Settles when the process has ended. */
  readonly exited: Promise<Exit>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Whether its host answers now, and has done so for `forMs`: else a lost link says nothing about the process, which has to
   * find the way back first.
   */
  hostAnswers(forMs: number): Promise<boolean>;
  /** Its link has ended, `left` with a goodbye; for a process of which nothing else is known. */
  linkLost?(left: boolean): void;
  /** The last lines it wrote, once all it wrote has arrived. */
  lastLines(): Promise<readonly string[]>;
}

/** Starts processes of servers, and takes over those of a former master. */
export interface Launcher {
  launch(server: ServerEntry, boot: BootData): ServerProcess;
  adopt(server: ServerEntry, bootId: string, pid: number): ServerProcess;
  /** The life of a server that runs on its host, whoever has started it. @throws what keeps the host from being used */
  find(server: ServerEntry): Promise<{ readonly bootId: string; readonly pid: number } | undefined>;
}

/** `exit code 1` or `signal SIGKILL`. */
export function showExit({ code, signal, oom, reason }: Exit): string {
  if (reason !== undefined) return reason;
  if (oom) return `signal ${signal}: the kernel had no memory left`;
  if (signal) return `signal ${signal}`;
  return code === null ? 'an unknown end' : `exit code ${code}`;
}
