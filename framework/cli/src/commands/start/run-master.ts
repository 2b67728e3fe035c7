import { createLogger } from '@pomelo-ts/common/internal';
import { Master, type Progress, tiersOf } from '@pomelo-ts/master';
import { exitCodes } from '../../failure.js';
import { lineLogger } from '../../line-logger.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { progressView } from '../../view/progress-view.js';
import { startSummary } from '../../view/start-summary.js';
import { count } from '../../view/units.js';
import type { StartPlan } from '../start.js';
import { buildIdOf } from './build-id.js';
import { HeldLines } from './held-lines.js';
import { onStopSignals } from './signals.js';

/** Who else is told how the start goes: the process that waits for a daemon. */
export interface StartAudience {
  progress(progress: Progress): void;
  ready(summary: string): void;
}

/** Runs the master in this process until it is told to stop. Gives the exit code. */
export async function runMaster(
  plan: StartPlan,
  terminal: Terminal,
  audience?: StartAudience,
): Promise<number> {
  const { config } = plan;
  const foreground = config.env === 'development' && !audience;
  const lines = new HeldLines((line) => terminal.out(line));
  const master = new Master({
    config,
    secret: plan.secret,
    bootScript: plan.bootScript,
    buildId: buildIdOf(config.root),
    exitWithParent: foreground,
    ...(foreground && { print: (line: string) => lines.push(line) }),
    logger: audience
      ? createLogger({ facts: { serverId: 'master' } })
      : lineLogger((line) => lines.push(line)),
  });
  const ended = new Promise<void>((resolve) => master.once('shutdown', resolve));
  let interrupted = false;
  const release = onStopSignals({
    first: () => {
      interrupted = true;
      void stopAll(master, terminal, lines);
    },
    second: async () => {
      await master.kill();
      process.exit(exitCodes.interrupted);
    },
  });
  try {
    await startAll(plan, master, terminal, lines, audience);
  } catch (error) {
    if (!interrupted) {
      await master.shutdown();
      throw error;
    }
    await ended;
    return exitCodes.interrupted;
  } finally {
    if (!interrupted) lines.release();
  }
  await ended;
  release();
  return exitCodes.fine;
}

async function startAll(
  plan: StartPlan,
  master: Master,
  terminal: Terminal,
  lines: HeldLines,
  audience: StartAudience | undefined,
): Promise<void> {
  const begun = performance.now();
  const adopted = await master.listen();
  if (adopted.length > 0)
    terminal.out(`${count(adopted.length, 'server')} of a former master came back: ${adopted.join(', ')}`);
  const wanted = new Set(master.select(plan.selection).filter((id) => !adopted.includes(id)));
  const tiers = tiersOf(plan.config.servers.filter(({ id }) => wanted.has(id)));
  if (terminal.live) lines.hold();
  const view = await progressView(tiers, terminal);
  let failed = true;
  try {
    await master.start(plan.selection, (progress) => {
      view.onProgress(progress);
      audience?.progress(progress);
    });
    failed = false;
  } finally {
    await view.end(failed);
  }
  const rows = master.list().filter(({ state }) => state === 'ready');
  const ms = performance.now() - begun;
  terminal.out(startSummary(rows, ms, paintFor(terminal)));
  if (!audience) terminal.out(paintFor(terminal)('dim', 'Ctrl-C stops them'));
  audience?.ready(startSummary(rows, ms, (_, text) => text));
}

async function stopAll(master: Master, terminal: Terminal, lines: HeldLines): Promise<void> {
  terminal.out('');
  const running = new Set(master.list().flatMap(({ id, pid }) => (pid === undefined ? [] : [id])));
  const tiers = tiersOf(master.entries.filter(({ id }) => running.has(id))).reverse();
  if (terminal.live) lines.hold();
  const view = await progressView(tiers, terminal);
  const killed = await master.shutdown(view.onProgress);
  await view.end(false);
  lines.release();
  if (killed.length > 0) terminal.err(`killed after the time to stop was over: ${killed.join(', ')}`);
  terminal.out(`${count(running.size, 'server')} stopped`);
}
