/** Whether a process says in its last lines that its heap was full. Its native stack can push the message itself out. */
export function tellsHeapEnd(lines: readonly string[]): boolean {
  return lines.some((line) => /heap out of memory|OutOfMemory|OOMFailure/.test(line));
}

/** The error that a process tells last, in one line: of the framework's own log, or one that Node printed. */
export function errorIn(lines: readonly string[]): string | undefined {
  for (const line of [...lines].reverse()) {
    const error = line.startsWith('{') ? errorOfRecord(line) : (errorOfStack(line) ?? errorOfProgram(line));
    if (error !== undefined) return error;
  }
  return undefined;
}

/** A line of the framework's log that tells an error. */
function errorOfRecord(line: string): string | undefined {
  try {
    const { level, msg, error } = JSON.parse(line) as {
      level?: unknown;
      msg?: unknown;
      error?: { type?: unknown; message?: unknown };
    };
    if (level !== 'error' && level !== 'fatal') return undefined;
    if (typeof error?.message !== 'string') return typeof msg === 'string' ? firstLine(msg) : undefined;
    return firstLine(typeof error.type === 'string' ? `${error.type}: ${error.message}` : error.message);
  } catch {
    return undefined; // a line of the game's own, or one that was cut
  }
}

/** `TypeError: x is undefined`, the head of a stack. */
function errorOfStack(line: string): string | undefined {
  const [, head] = /^(?:Uncaught |\[)?((?:[A-Z]\w*)?(?:Error|Exception)\b.*:.*)/.exec(line) ?? [];
  return head && firstLine(head);
}

/** `/usr/bin/node: bad option: --nosuch`, what a program says of its own call. */
function errorOfProgram(line: string): string | undefined {
  const [, text] = /^(?:\/\S*\/)?(?:node|taskset)[\w.-]*: (\S.*)/.exec(line) ?? [];
  return text;
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!;
