// What one player hears of the others.

const fresh = 5000;
const keptNumbers = 200;

/** What is said: the room, who says it, and how often this player has spoken before. */
export const wordsOf = (room, name, number) => `${room} ${name} ${number}`;

/** What has come to a player since it entered. */
export class Hearing {
  #room;
  #since;
  #heard = new Map();

  constructor(room, now) {
    this.#room = room;
    this.#since = now;
  }

  /** 'leak' for words of another room, 'repeat' for words that have come before, else 'fine'. */
  hear(words, now) {
    const [room, from, number] = words.split(' ');
    if (room !== this.#room) return 'leak';
    const known = this.#heard.get(from) ?? { at: 0, numbers: new Set() };
    this.#heard.set(from, known);
    known.at = now;
    if (known.numbers.has(number)) return 'repeat';
    known.numbers.add(number);
    if (known.numbers.size > keptNumbers) known.numbers.delete(known.numbers.values().next().value);
    return 'fine';
  }

  /** Those of `spoken` that have not come of one: numbers of what was said while this player was in the room. */
  missed(from, spoken) {
    const { numbers } = this.#heard.get(from) ?? { numbers: new Set() };
    return spoken.filter((number) => !numbers.has(String(number)));
  }

  /** Those of whom nothing has come for too long. */
  missing(names, now) {
    if (now - this.#since < fresh) return [];
    return names.filter((name) => now - (this.#heard.get(name)?.at ?? 0) > fresh);
  }
}
