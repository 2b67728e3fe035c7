const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Members of a log record that are shown otherwise, or not at all. */
const known = new Set(['level', 'time', 'msg', 'server', 'error', 'pid', 'hostname']);

/** One line of the framework's own log, as whoever shows it needs it; its texts are as they were written. */
export interface LogRecord {
  /** `warn`. */
  readonly level: string;
  /** As it was written; empty without one. */
  readonly time: string;
  readonly message: string;
  /** All else that the line says, `name=value` each. */
  readonly facts: readonly string[];
  /** Of the error that it is about, several lines. */
  readonly stack?: string;
}

/** Reads a line of a log; undefined for what the game printed itself. */
export function logRecord(line: string): LogRecord | undefined {
  const record = recordOf(line);
  if (!record) return undefined;
  const { level, time, msg, error } = record;
  const stack = stackOf(error);
  return {
    level: typeof level === 'string' ? level : (levels[level as number] ?? 'info'),
    time: String(time ?? ''),
    message: String(msg ?? ''),
    facts: Object.entries(record)
      .filter(([key, value]) => !known.has(key) && value !== undefined)
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    ...(stack !== undefined && { stack }),
  };
}

function recordOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(text) as Record<string, unknown>;
    return typeof record['level'] === 'number' || typeof record['level'] === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

function stackOf(error: unknown): string | undefined {
  const { stack, message } = (error ?? {}) as { stack?: unknown; message?: unknown };
  const text = stack ?? message;
  return typeof text === 'string' ? text : undefined;
}
