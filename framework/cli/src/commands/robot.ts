import {
  RobotError,
  type RobotReport,
  type RobotRun,
  type RobotRunOptions,
  runRobots,
} from '@pomelo-ts/client/robot';
import { parseDuration } from '@pomelo-ts/common';
import { exitCodes, printFailure } from '../failure.js';
import type { GlobalOptions } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { robotView } from '../view/robot/robot-view.js';
import { robotSummary } from '../view/robot/summary.js';
import { scriptFile } from './robot/script.js';
import { targetOf } from './robot/target.js';
import { reportFiles, writeReport } from './robot/write-report.js';
import { WrongOption, wrongOption } from './robot/wrong-option.js';
import { onStopSignals } from './start/signals.js';

/** Options of `pomelo-ts robot`, as they were typed. */
export interface RobotCommandOptions extends GlobalOptions {
  readonly script: string;
  readonly users?: string | undefined;
  readonly ramp?: string | undefined;
  readonly duration?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly gate?: string | undefined;
  readonly workers?: string | undefined;
  readonly seed?: string | undefined;
  readonly thresholds: readonly string[];
  readonly report?: string | undefined;
  readonly json: boolean;
}

/** Plays scripted players against a game; the exit code says whether all thresholds hold. */
export async function robot(options: RobotCommandOptions, terminal: Terminal): Promise<number> {
  try {
    const settings = await settingsOf(options);
    const files = reportFiles(options.report);
    const watched = options.json ? { ...terminal, out: terminal.err, live: false } : terminal;
    const view = robotView(watched);
    const run = await runRobots({
      ...settings,
      onProgress: (report) => view.show(report),
      onLine: (line) => view.print(line),
      onWarning: (warning) => view.print(`${paintFor(watched)('yellow', 'warning')} ${warning}`),
    });
    const { report, interrupted } = await toEnd(run, () =>
      view.print('ending: a second Ctrl-C ends at once'),
    );
    view.end();
    if (interrupted) return exitCodes.interrupted;
    const written = writeReport(report, files);
    terminal.out(options.json ? jsonText(report, 2) : robotSummary(report, written, terminal));
    return report.passed ? exitCodes.fine : exitCodes.failure;
  } catch (error) {
    if (!(error instanceof RobotError || error instanceof WrongOption)) throw error;
    printFailure(error, terminal, options.verbose);
    return exitCodes.usage;
  }
}

/** Until all robots have ended, or the second signal. */
async function toEnd(
  run: RobotRun,
  onFirst: () => void,
): Promise<{ readonly report: RobotReport; readonly interrupted: boolean }> {
  let interrupted = false;
  const endListening = onStopSignals({
    first() {
      onFirst();
      run.stop();
    },
    second() {
      interrupted = true;
      run.kill();
    },
  });
  try {
    return { report: await run.ended, interrupted };
  } finally {
    endListening();
  }
}

async function settingsOf(options: RobotCommandOptions): Promise<RobotRunOptions> {
  const { script, thresholds } = options;
  return {
    name: script,
    target: targetOf(options),
    users: wholeNumber('--users', options.users),
    rampMs: duration('--ramp', options.ramp),
    durationMs: duration('--duration', options.duration),
    workers: wholeNumber('--workers', options.workers),
    seed: wholeNumber('--seed', options.seed),
    thresholds,
    script: await scriptFile(script),
  };
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrongOption(`${option} as a whole number`, text);
}

function duration(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms !== undefined) return ms;
  throw wrongOption(`${option} as a duration with its unit, such as "30s"`, text);
}
