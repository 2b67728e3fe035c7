/** What the master tells a new process on its standard input, as one line of JSON. */
export interface BootData {
  readonly id: string;
  readonly bootId: string;
  readonly master: { readonly host: string; readonly port: number };
  readonly secret: string;
  readonly buildId: string;
  readonly root: string;
  /** Whether to stop when the standard input ends, since the master is gone. */
  readonly exitWithParent: boolean;
}
