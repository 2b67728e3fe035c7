/** The uid of pomelo's chat demo: the name, a star, the room. */
export function uidOf(name: string, room: string): string {
  return `${name}*${room}`;
}

/** The name in a uid. A name has no star, a room may have some. */
export function nameOf(uid: string): string {
  const star = uid.indexOf('*');
  return star < 0 ? uid : uid.slice(0, star);
}

/** The room in a uid. */
export function roomOf(uid: string): string {
  return uid.slice(uid.indexOf('*') + 1);
}

const longestName = 24;
const longestRoom = 64;

/** Control characters, line and paragraph separators, and those that turn the direction of a text round. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Why `value` cannot be a player's name; undefined when it can. */
export function problemOfName(value: unknown): string | undefined {
  const problem = problemOfText(value, 'a name', longestName);
  if (problem) return problem;
  // The star ends the name in a uid, and stands for the whole room as the target of a message.
  return String(value).includes('*') ? 'a name has no * in it' : undefined;
}

/** Why `value` cannot be the name of a room; undefined when it can. */
export function problemOfRoom(value: unknown): string | undefined {
  return problemOfText(value, 'a room', longestRoom);
}

function problemOfText(value: unknown, what: string, longest: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return `${what} is a text that is not empty`;
  if (value !== value.trim()) return `${what} does not begin or end with a space`;
  if ([...value].length > longest) return `${what} has at most ${longest} characters`;
  return unseen.test(value) ? `${what} has only characters that can be seen` : undefined;
}
