import { type Paint, paintFor, type Style, type Terminal } from '../terminal.js';
import { escaped, escapedLines } from './escaped.js';

const colours: readonly Style[] = ['cyan', 'green', 'magenta', 'blue', 'yellow'];
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const levelStyles: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', fatal: 'red' };

/** Members of a log record that are shown otherwise, or not at all. */
const known = new Set(['level', 'time', 'msg', 'server', 'error', 'pid', 'hostname']);

/** What a server logs, for people: one colour for each server, its record as words, errors with their stack. */
export class LogLines {
  readonly #paint: Paint;
  readonly #styles = new Map<string, Style>();
  readonly #width: number;
  readonly #times: boolean;

  /** With `times` each record's time stands before it. */
  constructor(terminal: Pick<Terminal, 'colours'>, serverIds: readonly string[], { times = false } = {}) {
    this.#times = times;
    this.#paint = paintFor(terminal);
    this.#width = Math.max(0, ...serverIds.map((id) => id.length));
    for (const [index, id] of serverIds.entries()) this.#styles.set(id, colours[index % colours.length]!);
  }

  /** `line` as the master hands it on: `[id] text`. */
  show(line: string): string {
    const [, id, text = ''] = /^\[([^\]]*)\] (.*)$/s.exec(line) ?? [];
    if (id === undefined) return escaped(line);
    const name = this.#paint(this.#styles.get(id) ?? 'bold', escaped(id).padEnd(this.#width));
    return `${name} ${this.#paint('dim', '│')} ${this.text(text)}`;
  }

  /** A line of a server without its name. */
  text(text: string): string {
    const record = recordOf(text);
    if (!record) return escapedTabs(text);
    const given = record['level'];
    const level = typeof given === 'string' ? given : (levels[given as number] ?? 'info');
    const facts = Object.entries(record)
      .filter(([key, value]) => !known.has(key) && value !== undefined)
      .map(([key, value]) => escaped(`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
    const time = this.#times ? this.#paint('dim', escaped(String(record['time'] ?? ''))) : '';
    const words = [escaped(String(record['msg'] ?? '')), this.#paint('dim', facts.join(' '))]
      .filter(Boolean)
      .join(' ');
    const style = levelStyles[level];
    const shown = [time, style ? this.#paint(style, level) : '', words].filter(Boolean).join(' ');
    const stack = stackOf(record['error']);
    return stack === undefined ? shown : `${shown}\n${this.#paint('dim', indented(stack))}`;
  }
}

/** A line of the framework's own log; undefined for what the game printed itself. */
function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(text) as Record<string, unknown>;
    return typeof record['level'] === 'number' || typeof record['level'] === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A line of the game's own; its tabs do no harm. */
const escapedTabs = (text: string): string => text.split('\t').map(escaped).join('\t');

/** No line of a stack begins where lines of servers do: the message in it may be of anybody. */
const indented = (stack: string): string => escapedLines(stack).replace(/^(?! {4}at )/gm, '  ');

function stackOf(error: unknown): string | undefined {
  const { stack, message } = (error ?? {}) as { stack?: unknown; message?: unknown };
  const text = stack ?? message;
  return typeof text === 'string' ? text : undefined;
}
