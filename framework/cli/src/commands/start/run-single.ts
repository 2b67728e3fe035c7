import type { ClusterConfig } from '@pomelo-ts/cluster';
import { systemClock } from '@pomelo-ts/common';
import { foldingLogger } from '@pomelo-ts/common/internal';
import { refuseOtherHosts } from '@pomelo-ts/master';
import { exitCodes } from '../../failure.js';
import { lineLogger } from '../../line-logger.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { startSummary } from '../../view/start-summary.js';
import { stopSummary } from '../../view/stop-summary.js';
import { onStopSignals } from './signals.js';

/** Runs all servers inside this process until it is told to stop. Gives the exit code. */
export async function runSingle(config: ClusterConfig, terminal: Terminal): Promise<number> {
  await refuseOtherHosts(config, config.servers);
  const told = new AbortController();
  const release = onStopSignals({
    first: () => told.abort(new Error('interrupted')),
    second: () => process.exit(exitCodes.interrupted),
  });
  try {
    return await runUntil(told.signal, config, terminal);
  } catch (error) {
    if (error !== told.signal.reason) throw error;
    terminal.out('interrupted; what had started is stopped');
    return exitCodes.interrupted;
  } finally {
    release();
  }
}

/** @throws the reason of `signal` when it comes before all have started. */
async function runUntil(signal: AbortSignal, config: ClusterConfig, terminal: Terminal): Promise<number> {
  const begun = performance.now();
  const { startSingle } = await import('@pomelo-ts/core/single'); // heavy, and only needed here
  const logger = foldingLogger(
    lineLogger((line) => terminal.out(line), 'single'),
    systemClock,
  );
  const cluster = await startSingle({ config, logger, signal, remembers: true });
  const paint = paintFor(terminal);
  const rows = cluster.servers.map(({ pid: _, ...server }) => ({ ...server, restarts: 0 }));
  terminal.out(startSummary(rows, { env: config.env, ms: performance.now() - begun }, paint));
  terminal.out(paint('dim', 'All in this process; Ctrl-C stops them'));
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  const late = await cluster.stop();
  if (late.length > 0) terminal.err(`killed after the time to stop was over: ${late.join(', ')}`);
  terminal.out(stopSummary({ total: rows.length, killed: late.length }));
  return exitCodes.fine;
}
