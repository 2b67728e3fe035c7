/** Where the port for metrics and health is, and the file with what those must bring who read its metrics. */
export interface OpsPlace {
  readonly port: number;
  readonly host: string;
  readonly tokenFile: string | undefined;
}
