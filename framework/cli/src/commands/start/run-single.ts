import type { ClusterConfig } from '@pomelo-ts/cluster';
import { exitCodes } from '../../failure.js';
import { lineLogger } from '../../line-logger.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { startSummary } from '../../view/start-summary.js';
import { count } from '../../view/units.js';
import { onStopSignals } from './signals.js';

/** Runs all servers inside this process until it is told to stop. Gives the exit code. */
export async function runSingle(config: ClusterConfig, secret: string, terminal: Terminal): Promise<number> {
  const begun = performance.now();
  const { startSingle } = await import('@pomelo-ts/core/single'); // heavy, and only needed here
  const logger = lineLogger((line) => terminal.out(line), 'single');
  const cluster = await startSingle({ config, secret, logger });
  const paint = paintFor(terminal);
  const rows = cluster.servers.map(({ pid: _, ...server }) => ({ ...server, restarts: 0 }));
  terminal.out(startSummary(rows, { env: config.env, ms: performance.now() - begun }, paint));
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
