import { dialSecure, type MasterLink } from '@pomelo-ts/cluster';
import {
  type BootData,
  dialMasters,
  joinCluster,
  lifeVariable,
  ServerKeyring,
} from '@pomelo-ts/cluster/internal';
import { isPomeloError, reasonOf, systemClock } from '@pomelo-ts/common';
import { createLogger, foldingLogger, LogOutput, measureRuntime } from '@pomelo-ts/common/internal';
import { tcpTransport } from '@pomelo-ts/rpc';
import { GameServer } from '../game-server.js';
import { OwnLogLevel } from '../server/own-log-level.js';
import { syntaxErrorIn, tellsPlaceAlone } from '../server/syntax-error.js';
import { readBootData } from './boot-data.js';
import { toldError } from './told-error.js';
import { type WatchedFaults, watchFaults } from './watch-faults.js';

/** How long a stop may take that nobody gave a time for, in ms. */
const stopTimeoutMs = 10_000;
/** What a server may log that whoever runs it has given no budget, in bytes a second. */
const externalBytesPerSecond = 256 * 1024;
/** How long a stop may take after an error that nobody caught, in ms. */
const faultStopMs = 1000;

/** Whether errors are told with all that is known of them. */
let verbose = process.env['DEBUG'] !== undefined;
let faults: WatchedFaults | undefined;

/** Runs one server in this process, as the master starts it: its boot data is the first line of the standard input. */
async function main(): Promise<void> {
  ignoreBrokenOutput();
  delete process.env[lifeVariable]; // it marks this process, and none that the game starts
  const boot = await readBootData(process.stdin);
  if ('trial' in boot) return (await import('./try-code.js')).tryCode(boot.trial);
  verbose ||= boot.verbose === true;
  const output = outputOf(boot);
  const logger = foldingLogger(
    createLogger({ level: 'info', facts: { server: boot.id }, output }),
    systemClock,
  );
  let master: MasterLink | undefined;
  let starting: Promise<GameServer> | undefined;
  let stopping = false;
  const stop = (deadlineMs: number, exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      // A server that is still starting is stopped once it has; one that fails to start ends by itself.
      await starting?.then((game) => game.stop(deadlineMs), failedToStart);
      master?.close();
      await master?.whenGone();
      logger.flush();
      faults?.expectExit();
      process.exit(exitCode);
    })();
  };
  watchSignals(boot, stop);
  let game: GameServer | undefined;
  faults = watchFaults({ logger, counters: () => game?.app.counters, stop: () => stop(faultStopMs, 1) });
  const { id, bootId, buildId, masters, log, external = false } = boot;
  const keys = new ServerKeyring(boot.keys);
  master = await joinCluster({
    ...dialMasters(masters, (options) => dialSecure(options, keys.link())),
    id,
    bootId,
    buildId,
    external,
    ...(log && { logFile: log.file }),
    onStop: (deadlineMs) => stop(deadlineMs),
    onKeys: (changed) => keys.replace(changed),
    onRefused: (error) => {
      logger.error('The master wants this server to end.', { error });
      stop(stopTimeoutMs);
    },
    logger,
  });
  const joined = master;
  // an operator may change it in the settings, or for a while
  const logLevel = new OwnLogLevel(() => joined.settings.settings.log.level, systemClock);
  const level = () => logLevel.now;
  const ownLogger = foldingLogger(createLogger({ level, facts: { server: id }, output }), systemClock);
  try {
    const { encryption } = joined.settings.settings.rpc;
    const transport = tcpTransport({ keys: keys.rpc, encryption });
    starting = GameServer.start({
      master,
      bootId,
      keys: keys.rpc,
      transport,
      logger: ownLogger,
      logLevel,
      measureRuntime: (measures) => measureRuntime(measures, systemClock),
    });
    game = await starting;
  } catch (error) {
    const code = isPomeloError(error) ? error.code : 'ERROR';
    master.report('gone', { error: { code, message: reasonOf(error) } });
    throw error;
  }
}

/** Where all goes that this process says: in development to its master's terminal, without a bound. */
function outputOf({ log, external = false }: BootData): LogOutput {
  const { bytesPerSecond = external ? externalBytesPerSecond : Number.POSITIVE_INFINITY } = log ?? {};
  const output = new LogOutput({ file: log, bytesPerSecond, clock: systemClock });
  if (log) output.capture(process.stdout, process.stderr);
  return output;
}

/** Its error is told by whoever started it. */
function failedToStart(): void {}

/** A terminal's Ctrl-C reaches every process: the master decides what follows. */
function watchSignals(boot: BootData, stop: (deadlineMs: number) => void): void {
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => stop(stopTimeoutMs));
  if (boot.exitWithParent) process.stdin.on('end', () => stop(stopTimeoutMs)).resume();
  else process.stdin.destroy();
}

/** When whoever read this process' output is gone, it must go on all the same. */
function ignoreBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

main().catch((error: unknown) => {
  faults?.expectExit();
  process.stderr.write(`${toldError(error, verbose)}\n`);
  const mistake = syntaxErrorIn(error);
  // Leaves the link the time to carry the report.
  setTimeout(() => {
    if (!mistake) process.exit(1);
    // Only Node itself knows the file and line, and tells them of an error that nobody catches; it exits with 1.
    process.removeAllListeners('uncaughtException');
    throw verbose ? mistake : tellsPlaceAlone(mistake);
  }, 50);
});
