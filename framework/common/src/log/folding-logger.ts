import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { LogFacts, Logger } from '../logger.js';

/** How long like lines are counted together, in ms. */
const windowMs = 10_000;
/** So many of them are written as they are, and the others told as a number. */
const shownLines = 10;
/** Most kinds of lines that are told apart at a time; those of all further kinds are one. */
const maxKinds = 500;
/** Facts that make two lines of one message different ones: they name parts of the cluster, of which there are few. */
const telling = ['serverId', 'host', 'server'] as const;

type Level = 'warn' | 'error';

/** Lines that are alike. */
interface Kind {
  readonly logger: Logger;
  readonly level: Level;
  readonly message: string;
  readonly facts: LogFacts;
  count: number;
}

/**
 * Folds warnings and errors that are alike: of each kind some are written, and then once, after ten seconds, how many more there were. So
 * what somebody can cause again and again by what he sends fills no disk, and what comes seldom is told whole.
 */
export function foldingLogger(inner: Logger, clock: Clock): Logger {
  return withFolds(inner, new Folds(clock), {});
}

class Folds {
  readonly #clock: Clock;
  readonly #kinds = new Map<string, Kind>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this line is written as it is. */
  shows(logger: Logger, level: Level, message: string, facts: LogFacts, known: LogFacts): boolean {
    const key = keyOf(level, message, { ...known, ...facts });
    const kind = this.#kinds.get(key) ?? this.#begin(key, { logger, level, message, facts, count: 0 });
    kind.count++;
    return kind.count <= shownLines;
  }

  /** Tells what was folded, and begins anew. */
  tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { logger, level, message, facts, count } of kinds) {
      const more = count - shownLines;
      if (more > 0)
        logger[level](`${message} (${more} more like this in ${windowMs / 1000} s)`, namesOf(facts));
    }
  }

  #begin(key: string, kind: Kind): Kind {
    this.#cancel ??= this.#clock.every(windowMs, () => this.tell());
    const full = this.#kinds.size >= maxKinds;
    const place = full ? `${kind.level} of other kinds` : key;
    const there = this.#kinds.get(place);
    if (there) return there;
    const first = full ? { ...kind, message: 'lines of many kinds', facts: {} } : kind;
    this.#kinds.set(place, first);
    return first;
  }
}

function withFolds(inner: Logger, folds: Folds, known: LogFacts): Logger {
  const write =
    (level: Level) =>
    (message: string, facts: LogFacts = {}): void => {
      if (folds.shows(inner, level, message, facts, known)) inner[level](message, facts);
    };
  return {
    debug: (message, facts) => inner.debug(message, facts),
    info: (message, facts) => inner.info(message, facts),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => withFolds(inner.child(facts), folds, { ...known, ...facts }),
    flush: () => {
      folds.tell();
      inner.flush();
    },
  };
}

function keyOf(level: Level, message: string, facts: LogFacts): string {
  const error = facts['error'] === undefined ? '' : reasonOf(facts['error']).slice(0, 200);
  return [level, message.slice(0, 200), error, ...telling.map((name) => String(facts[name] ?? ''))].join(
    '\n',
  );
}

const namesOf = (facts: LogFacts): LogFacts =>
  Object.fromEntries(telling.filter((name) => facts[name] !== undefined).map((name) => [name, facts[name]]));
