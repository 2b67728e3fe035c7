import { inspect } from 'node:util';
import { type BootData, dialMasters, joinCluster, type LinkAgent, lifeVariable } from '@pomelo-ts/cluster';
import { isPomeloError, type Logger, reasonOf, systemClock } from '@pomelo-ts/common';
import { createLogger } from '@pomelo-ts/common/internal';
import { tcpTransport } from '@pomelo-ts/rpc';
import { GameServer } from '../game-server.js';
import { readBootData } from './boot-data.js';
import { keepLogShort } from './keep-log-short.js';

/** How long a stop may take that nobody gave a time for, in ms. */
const stopTimeoutMs = 10_000;
/** How long a stop may take after an error that nobody caught, in ms. */
const faultStopMs = 1000;

/** Runs one server in this process, as the master starts it: its boot data is the first line of the standard input. */
async function main(): Promise<void> {
  ignoreBrokenOutput();
  delete process.env[lifeVariable]; // it marks this process, and none that the game starts
  const boot = await readBootData(process.stdin);
  const logger = createLogger({ level: 'info', facts: { server: boot.id } });
  if (boot.log) keepLogShort(boot.log, systemClock);
  let agent: LinkAgent | undefined;
  let starting: Promise<GameServer> | undefined;
  let stopping = false;
  const stop = (deadlineMs: number, exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      // A server that is still starting is stopped once it has; one that fails to start ends by itself.
      await starting?.then((game) => game.stop(deadlineMs), failedToStart);
      agent?.close();
      logger.flush();
      process.exit(exitCode);
    })();
  };
  watchSignals(boot, stop);
  watchFaults(logger, () => stop(faultStopMs, 1));
  const { id, bootId, secret, buildId, masters, log, external = false } = boot;
  agent = await joinCluster({
    ...dialMasters(masters),
    id,
    bootId,
    buildId,
    secret,
    external,
    ...(log && { logFile: log.file }),
    onStop: (deadlineMs) => stop(deadlineMs),
    onRefused: (error) => {
      logger.error('The master wants this server to end.', { error });
      stop(stopTimeoutMs);
    },
    logger,
  });
  const joined = agent;
  const level = () => joined.settings.settings.log.level; // an operator may change it
  const ownLogger = createLogger({ level, facts: { server: id } });
  try {
    starting = GameServer.start({ agent, bootId, secret, transport: tcpTransport(), logger: ownLogger });
    await starting;
  } catch (error) {
    const code = isPomeloError(error) ? error.code : 'ERROR';
    agent.report('gone', { error: { code, message: reasonOf(error) } });
    throw error;
  }
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

/**
 * What the game threw where nobody could catch it, in a timer say: after that its state cannot be trusted. The server tells
 * its clients, ends with code 1, and is started again where `auto-restart` says so. A promise that nobody waited for left
 * only its own task undone: that is logged, and the server goes on. A game with listeners of its own decides by itself.
 */
function watchFaults(logger: Logger, stop: () => void): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    logger.error('an error that nobody caught ends this server', { error });
    stop();
  });
  process.on('unhandledRejection', (error) => {
    if (process.listenerCount('unhandledRejection') > 1) return;
    logger.error('a promise failed and nobody had waited for it', { error });
  });
}

/** When whoever read this process' output is gone, it must go on all the same. */
function ignoreBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

function syntaxErrorIn(error: unknown): SyntaxError | undefined {
  if (error instanceof SyntaxError) return error;
  return error instanceof Error ? syntaxErrorIn(error.cause) : undefined;
}

main().catch((error: unknown) => {
  // Its causes have the file and line of the game's own mistake.
  process.stderr.write(`${inspect(error)}\n`);
  const mistake = syntaxErrorIn(error);
  // Leaves the link the time to carry the report.
  setTimeout(() => {
    if (!mistake) process.exit(1);
    // Only Node itself knows the file and line, and tells them of an error that nobody catches; it exits with 1.
    process.removeAllListeners('uncaughtException');
    throw mistake;
  }, 50);
});
