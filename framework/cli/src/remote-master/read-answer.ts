/** A line of what an admin answers. */
export interface Line {
  readonly progress?: unknown;
  readonly answer?: unknown;
  readonly error?: Told;
}

/** Why something was not done. */
export interface Told {
  readonly code: string;
  readonly message: string;
}

/** Longest answer that is no table, and longest line, in characters: a master of a former build tells 4 MiB of a log, which may take six times that as JSON. */
const [longestText, longestLine] = [64 * 1024, 32 * 1024 * 1024];

type Body = Response['body'];

/** Tells how many seconds there are at most between two lines of an answer. */
const lifeHeader = 'x-alive-seconds';

/** All of a short answer. @throws Error when it is longer than any that an admin gives */
export async function shortText(body: Body): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const part of textsOf(body)) {
    length += part.length;
    if (length > longestText) throw new Error(`its answer has more than ${longestText} characters`);
    parts.push(part);
  }
  return parts.join('');
}

/** Whether an answer has a sign of life in it each few seconds, which is an empty line: a master of a former build has none. */
export const promisesLife = ({ headers }: Response): boolean => headers.has(lifeHeader);

/** The lines of an answer, as they come. @param alive hears of whatever comes @throws Error for what no admin writes */
export async function* linesOf(body: Body, alive: () => void = () => {}): AsyncGenerator<Line> {
  let parts: string[] = []; // of the line that has not ended yet
  let length = 0;
  for await (const text of textsOf(body)) {
    alive();
    const [first = '', ...more] = text.split('\n');
    parts.push(first);
    length += first.length;
    for (const next of more) {
      yield* lineIn(parts);
      parts = [next];
      length = next.length;
    }
    if (length > longestLine) throw new Error(`a line of its answer has more than ${longestLine} characters`);
  }
  yield* lineIn(parts);
}

/** What an answer that was no success tells; undefined when that is nothing that an admin writes. */
export function errorIn(text: string): Told | undefined {
  try {
    return toldIn((JSON.parse(text) as { readonly error?: unknown } | null)?.error);
  } catch {
    return undefined;
  }
}

async function* textsOf(body: Body): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) yield decoder.decode(chunk, { stream: true });
}

function* lineIn(parts: readonly string[]): Generator<Line> {
  const text = parts.join('');
  if (text === '') return;
  const line = objectIn(text);
  if ('error' in line && !toldIn(line.error)) throw strange();
  yield line as Line;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw strange();
  }
  if (typeof value !== 'object' || value === null) throw strange();
  return value as Readonly<Record<string, unknown>>;
}

function toldIn(error: unknown): Told | undefined {
  const { code, message } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined;
}

const strange = () => new Error('whoever answers there is no admin');
