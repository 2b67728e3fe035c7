import type { ClusterConfig } from '@pomelo-ts/cluster';
import type { ServerRow } from '@pomelo-ts/master';
import { exitCodes } from '../../failure.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { startSummary } from '../../view/start-summary.js';
import { count } from '../../view/units.js';
import { onStopSignals } from './signals.js';

/** What the command line uses of `@pomelo-ts/core/single`. */
interface SingleModule {
  startSingle(options: { config: ClusterConfig; secret: string }): Promise<{
    stop(): Promise<void>;
    readonly servers: readonly Omit<ServerRow, 'restarts'>[];
  }>;
}

/** A game server is heavy, and only this way of starting needs one in this process. */
const singleModule = '@pomelo-ts/core/single';

/** Runs all servers inside this process until it is told to stop. Gives the exit code. */
export async function runSingle(config: ClusterConfig, secret: string, terminal: Terminal): Promise<number> {
  const begun = performance.now();
  const { startSingle } = (await import(singleModule)) as SingleModule;
  const cluster = await startSingle({ config, secret });
  const paint = paintFor(terminal);
  const rows = cluster.servers.map(({ pid: _, ...server }) => ({ ...server, restarts: 0 }));
  terminal.out(startSummary(rows, performance.now() - begun, paint));
  terminal.out(paint('dim', 'All in this process; Ctrl-C stops them'));
  return new Promise((resolve, reject) => {
    const release = onStopSignals({
      first: () => {
        cluster.stop().then(() => {
          release();
          terminal.out(`${count(rows.length, 'server')} stopped`);
          resolve(exitCodes.fine);
        }, reject);
      },
      second: () => process.exit(exitCodes.interrupted),
    });
  });
}
