/** A life of a server that the master has not started. */
export interface OutsideServer {
  readonly id: string;
  readonly bootId: string;
}
