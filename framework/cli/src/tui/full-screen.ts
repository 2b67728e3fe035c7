import blessed from 'blessed';
import type { Key } from '../view/top/screen-event.js';

/** What a full screen tells. */
export interface FullScreenListener {
  key(key: Key): void;
  size(rows: number, columns: number): void;
  /** The mouse has pointed at a line, the first of which is 0. */
  pointed(line: number): void;
}

/** A terminal that shows lines from edge to edge, until it is closed. */
export interface FullScreen {
  readonly rows: number;
  readonly columns: number;
  /** Shows these lines, which may have colours. Only those that are others than before are sent. @returns how many bytes that were */
  draw(lines: readonly string[]): number;
  /** Has the terminal put text on its clipboard, if it does that (OSC 52). */
  copy(text: string): void;
  /** Has the terminal tell of its mouse, or leave that to its user, who marks text by it. */
  mouse(on: boolean): void;
  /** Gives the terminal back to the shell until it has this go on (`fg`). */
  suspend(): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** Most text that is copied, in bytes: terminals leave out what is longer. */
const mostCopied = 74_000;

const enter = '\u001b[?1049h\u001b[?25l\u001b[2J';
/** Presses and the wheel, in the form that has room for wide terminals (SGR 1006). */
const [mouseOn, mouseOff] = ['\u001b[?1000h\u001b[?1006h', '\u001b[?1006l\u001b[?1000l'];
/** Lines that a turn of the wheel moves. */
const wheelLines = 3;
const leave = '\u001b[0m\u001b[?25h\u001b[?1049l';

/** Takes the terminal of this process. */
export function openFullScreen(listener: FullScreenListener): FullScreen {
  const { stdin, stdout } = process;
  // Its terminfo and its widgets are left alone: it cannot read today's terminfo, and draws wide characters off by one.
  const program = blessed.program({ tput: false } as object);
  let drawn: readonly string[] = [];
  let shown: readonly string[] = [];
  let mouse = false;
  const restore = () => void stdout.write(`${mouse ? mouseOff : ''}${leave}`);
  const draw = (lines: readonly string[]) => {
    const changed = lines.flatMap((line, n) => (line === drawn[n] ? [] : [atLine(n, line)]));
    shown = lines;
    drawn = lines;
    const sent = changed.join('');
    if (sent !== '') stdout.write(sent);
    return Buffer.byteLength(sent);
  };
  const begin = () => {
    stdin.setRawMode(true);
    stdout.write(`${enter}${mouse ? mouseOn : ''}`);
    drawn = [];
  };
  const goOn = () => {
    begin();
    draw(shown);
  };
  program.on('keypress', (text: string | undefined, key: BlessedKey) => {
    const told = keyOf(text, key);
    if (told) listener.key(told);
  });
  program.bindMouse();
  program.on('mouse', ({ action, y }: { readonly action: string; readonly y: number }) => {
    const name = action === 'wheelup' ? 'up' : action === 'wheeldown' ? 'down' : undefined;
    if (name) for (let n = 0; n < wheelLines; n++) listener.key({ name });
    else if (action === 'mousedown') listener.pointed(y);
  });
  program.on('resize', () => {
    drawn = []; // terminals wrap what was there in ways of their own
    stdout.write('\u001b[2J');
    listener.size(stdout.rows, stdout.columns);
  });
  process.on('exit', restore);
  process.on('SIGCONT', goOn);
  begin();
  return {
    get rows() {
      return stdout.rows;
    },
    get columns() {
      return stdout.columns;
    },
    draw,
    copy(text) {
      const bytes = Buffer.from(text).subarray(0, mostCopied);
      stdout.write(`\u001b]52;c;${bytes.toString('base64')}\u0007`);
    },
    mouse(on) {
      mouse = on;
      stdout.write(on ? mouseOn : mouseOff);
    },
    suspend() {
      restore();
      stdin.setRawMode(false);
      process.kill(0, 'SIGTSTP'); // also whoever has started it, such as npx: the shell waits for those, too
    },
    close() {
      process.off('exit', restore);
      process.off('SIGCONT', goOn);
      program.destroy();
      restore();
    },
  };
}

/** A line in its place, and nothing behind it. */
const atLine = (n: number, line: string): string => `\u001b[${n + 1};1H\u001b[0m${line}\u001b[0m\u001b[K`;

interface BlessedKey {
  readonly name?: string;
  readonly full?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** A carriage return is told twice, as `return` and as `enter`. */
function keyOf(
  text: string | undefined,
  { name, full = '', ctrl = false, meta = false }: BlessedKey,
): Key | undefined {
  if (name === 'return') return undefined;
  if (text === ' ') return { name: 'space' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what types nothing is told from what does
  const typed = text !== undefined && !ctrl && !meta && !/[\u0000-\u001f\u007f]/.test(text);
  return { name: full || name || '', ...(typed && { text }) };
}
