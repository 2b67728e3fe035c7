export function wordsOf(room: string, name: string, number: number): string;

export class Hearing {
  constructor(room: string, now: number);
  hear(words: string, now: number): 'fine' | 'leak' | 'repeat';
  missed(from: string, spoken: readonly number[]): number[];
  missing(names: readonly string[], now: number): string[];
}
