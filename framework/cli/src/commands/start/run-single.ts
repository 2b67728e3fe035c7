import type { ClusterConfig } from '@pomelo-ts/cluster';
import { systemClock } from '@pomelo-ts/common';
import { foldingLogger } from '@pomelo-ts/common/internal';
import type { SingleCluster } from '@pomelo-ts/core/single';
import { refuseOtherHosts } from '@pomelo-ts/master/internal';
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
  const { startSingle, watchFaults } = await import('@pomelo-ts/core/single'); // heavy, and only needed here
  const logger = foldingLogger(
    lineLogger((line) => terminal.out(line), 'single'),
    systemClock,
  );
  let failed = false;
  const fault = () => {
    failed = true;
    told.abort(new Error('failed'));
  };
  const faults = watchFaults({ logger, counters: () => undefined, stop: fault });
  const release = onStopSignals({
    first: () => told.abort(new Error('interrupted')),
    second: () => {
      faults.expectExit();
      process.exit(exitCodes.interrupted);
    },
  });
  try {
    const { signal } = told;
    await runUntil(signal, terminal, config, () => startSingle({ config, logger, signal, remembers: true }));
    return failed ? exitCodes.failure : exitCodes.fine;
  } catch (error) {
    if (error !== told.signal.reason) throw error;
    terminal.out(`${failed ? 'failed' : 'interrupted'}; what had started is stopped`);
    return failed ? exitCodes.failure : exitCodes.interrupted;
  } finally {
    release();
    faults.release();
  }
}

/** @throws the reason of `signal` when it comes before all have started. */
async function runUntil(
  signal: AbortSignal,
  terminal: Terminal,
  config: ClusterConfig,
  start: () => Promise<SingleCluster>,
): Promise<void> {
  const begun = performance.now();
  const cluster = await start();
  const paint = paintFor(terminal);
  const rows = cluster.servers.map(({ pid: _, ...server }) => ({ ...server, restarts: 0 }));
  terminal.out(startSummary(rows, { env: config.env, ms: performance.now() - begun }, paint));
  terminal.out(paint('dim', 'All in this process; Ctrl-C stops them'));
  await untilAborted(signal);
  const late = await cluster.stop();
  if (late.length > 0) terminal.err(`killed after the time to stop was over: ${late.join(', ')}`);
  terminal.out(stopSummary({ total: rows.length, killed: late.length }));
}

/** How long a timer may wait at most, in ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Servers without a port for clients hold nothing that would keep this process alive while it waits. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => {}, longestTimerMs);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  clearInterval(alive);
}
