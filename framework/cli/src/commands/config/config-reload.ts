import type { ConfigReloadResult, Progress } from '@pomelo-ts/master';
import { type AskedOptions, askedMaster } from '../../asked-master.js';
import { exitCodes } from '../../failure.js';
import { unlessInterrupted } from '../../interrupt.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { configDiff } from '../../view/config-diff.js';
import { escaped, escapedLines, jsonText } from '../../view/escaped.js';
import { count } from '../../view/units.js';
import { withProgress } from '../../view/with-progress.js';
import { howOf, type Pacing } from '../restart/pacing.js';

/** Options of `pomelo-ts config reload`. */
export interface ConfigReloadOptions extends AskedOptions, Pacing {
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  /** Restart the servers that need it. */
  readonly restart: boolean;
  /** Have the code tried before they are stopped. */
  readonly trial: boolean;
  readonly json: boolean;
}

/** Has a running cluster follow its configuration: shows what is different, asks, and changes that alone. */
export async function configReload(options: ConfigReloadOptions, terminal: Terminal): Promise<number> {
  const how = howOf(options);
  if (!options.restart && typeof how === 'object' && Object.keys(how).length > 0) {
    terminal.err(
      '--watch, --at-once and --all-at-once say how servers are restarted: expected --restart, too',
    );
    return exitCodes.usage;
  }
  if (typeof how === 'string') {
    terminal.err(how);
    return exitCodes.usage;
  }
  const master = await askedMaster(options);
  try {
    const diff = await master.client.operate('config.read', {});
    const waiting = options.restart ? diff.waiting : [];
    const nothing = diff.added.length + diff.removed.length + diff.changes.length + waiting.length === 0;
    if (options.json && options.dryRun) terminal.out(jsonText(diff, 2));
    else if (!options.json)
      terminal.out(nothing ? 'nothing is different' : configDiff(diff, paintFor(terminal)));
    if (options.dryRun || nothing) {
      if (!options.json) tellWaiting(diff.waiting, terminal);
      else if (!options.dryRun) terminal.out(jsonText({ diff }, 2));
      return exitCodes.fine;
    }
    const agreed = await agree(options, terminal);
    if (agreed !== true) return agreed;
    const { digest } = diff;
    const { restart, trial } = options;
    const ask = (onProgress: (progress: Progress) => void) =>
      master.client.operate('config.apply', { digest, restart, trial, ...how }, onProgress);
    const result = await (options.json
      ? unlessInterrupted('config reload', ask)
      : withProgress('config reload', [], terminal, ask));
    if (options.json) terminal.out(jsonText(result, 2));
    else tell(result, terminal);
    return result.down.length > 0 || result.failure !== undefined ? exitCodes.failure : exitCodes.fine;
  } finally {
    master.client.close();
  }
}

/** Whether it may be done; else the exit code. */
async function agree({ yes }: ConfigReloadOptions, terminal: Terminal): Promise<true | number> {
  if (yes) return true;
  if (!terminal.ask) {
    terminal.err('nothing was changed: nobody can be asked here; add --yes, or --dry-run to only look');
    return exitCodes.usage;
  }
  const answer = await terminal.ask('Apply this? (yes/no): ');
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return true;
  terminal.out('nothing was changed');
  return answer === undefined ? exitCodes.interrupted : exitCodes.fine;
}

function tell(result: ConfigReloadResult, terminal: Terminal): void {
  const { started, stopped, restarted, needRestart, down, failure } = result;
  const done = [
    ...(started.length > 0 ? [`${count(started.length, 'server')} added`] : []),
    ...(stopped.length > 0 ? [`${count(stopped.length, 'server')} removed`] : []),
    ...(restarted.length > 0 ? [`${count(restarted.length, 'server')} restarted`] : []),
  ];
  const whole = down.length === 0 && failure === undefined;
  const head = whole ? 'done' : 'the configuration was applied';
  terminal.out(done.length > 0 ? `${head}: ${done.join(', ')}` : head);
  if (failure !== undefined) terminal.err(`${paintFor(terminal)('red', 'error')} ${escapedLines(failure)}`);
  if (down.length > 0) tellDown(down, terminal);
  tellWaiting(needRestart, terminal);
}

function tellDown(down: ConfigReloadResult['down'], terminal: Terminal): void {
  terminal.err(`${count(down.length, 'server')} ${down.length === 1 ? 'does' : 'do'} not run now:`);
  for (const { id, reason } of down) terminal.err(`  ${escaped(id)}: ${escaped(reason)}`);
  terminal.err('When that is mended:');
  terminal.err(`  pomelo-ts start ${down.map(({ id }) => `-i ${id}`).join(' ')}`);
}

function tellWaiting(ids: readonly string[], terminal: Terminal): void {
  if (ids.length === 0) return;
  terminal.out(
    `${count(ids.length, 'server')} run${ids.length === 1 ? 's' : ''} with former values until restarted:`,
  );
  terminal.out(`  pomelo-ts restart ${ids.join(' ')}`);
}
