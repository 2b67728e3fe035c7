/** A function of a handler or remote, bound to its instance. */
export type ServiceMethod = (...args: never[]) => unknown;

/** The exposed methods of one handler, remote or cron file, by name. */
export interface Service {
  readonly name: string;
  readonly file: string;
  readonly methods: ReadonlyMap<string, ServiceMethod>;
  /** False when the module says `export const hot = false`: only a new process takes a change of it. */
  readonly hot: boolean;
}

/** The folders of a server type that have services in them. */
export type ServiceKind = 'handler' | 'remote' | 'cron';
