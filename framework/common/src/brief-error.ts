import { unreadable } from './errors.js';

/** Most characters of a message and of another text of an error, most lines of its stack, and most causes that are kept. */
const longestMessage = 500;
const longestFact = 200;
const mostFrames = 10;
const longestFrame = 300;
const mostCauses = 2;

/**
 * An error as it goes into a log where clients can bring it about: of its own class, with a short message, the first lines of
 * its stack, and of its own facts those that are short. A game may put into an error whatever a client has sent. Never throws.
 */
export function briefError(error: unknown, causes = mostCauses): unknown {
  try {
    return briefOf(error, causes);
  } catch {
    return unreadable;
  }
}

function briefOf(error: unknown, causes: number): unknown {
  if (!(error instanceof Error))
    return shorten(typeof error === 'string' ? error : nameOf(error), longestMessage);
  const brief = Object.create(Object.getPrototypeOf(error) as object) as Record<string, unknown>;
  for (const [name, value] of Object.entries(error)) {
    if (name === 'cause' || name === 'errors') continue;
    if (typeof value === 'string') brief[name] = shorten(value, longestFact);
    else if (typeof value === 'number' || typeof value === 'boolean') brief[name] = value;
  }
  hide(brief, 'message', shorten(String(error.message), longestMessage));
  hide(brief, 'stack', briefStack(error.stack));
  if (error.cause !== undefined && causes > 0) hide(brief, 'cause', briefError(error.cause, causes - 1));
  return brief;
}

/** A text that a stranger may have made long, cut to `longest` characters. */
export function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

/** The message stands before the frames, and may have lines of its own. */
function briefStack(stack: unknown): string {
  if (typeof stack !== 'string') return '';
  const frames = stack.indexOf('\n    at ');
  if (frames < 0) return shorten(stack, longestMessage);
  const lines = stack.slice(frames + 1, frames + 1 + mostFrames * longestFrame).split('\n');
  const kept = lines.slice(0, mostFrames).map((line) => line.slice(0, longestFrame));
  return [shorten(stack.slice(0, frames), longestMessage), ...kept].join('\n');
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `an object of ${value.constructor?.name ?? 'no class'} that is no error`;
}

function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
