import { logRecord } from '@pomelo-ts/views';
import { type Paint, paintFor, type Style, type Terminal } from '../terminal.js';
import { escaped, escapedLines } from './escaped.js';

const colours: readonly Style[] = ['cyan', 'green', 'magenta', 'blue', 'yellow'];
const levelStyles: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', fatal: 'red' };

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
    const record = logRecord(text);
    if (!record) return escapedTabs(text);
    const { level, message, stack } = record;
    const facts = record.facts.map(escaped).join(' ');
    const time = this.#times ? this.#paint('dim', escaped(record.time)) : '';
    const words = [escaped(message), this.#paint('dim', facts)].filter(Boolean).join(' ');
    const style = levelStyles[level];
    const shown = [time, style ? this.#paint(style, level) : '', words].filter(Boolean).join(' ');
    return stack === undefined ? shown : `${shown}\n${this.#paint('dim', indented(stack))}`;
  }
}

/** A line of the game's own; its tabs do no harm. */
const escapedTabs = (text: string): string => text.split('\t').map(escaped).join('\t');

/** No line of a stack begins where lines of servers do: the message in it may be of anybody. */
const indented = (stack: string): string => escapedLines(stack).replace(/^(?! {4}at )/gm, '  ');
