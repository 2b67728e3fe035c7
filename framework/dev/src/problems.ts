import { relative } from 'node:path';
import type { ts } from './compiler.js';

/** Something that is wrong with a type, and where it is said. */
export interface Problem {
  /** `app/servers/chat/handler/chatHandler.ts:12` */
  readonly at: string;
  /** What was expected, what came and what to write instead. */
  readonly message: string;
}

/** Collects what is wrong, each once. */
export class Problems {
  readonly #root: string;
  readonly #all = new Map<string, Problem>();

  /** `root` is the game's: files are named from there. */
  constructor(root: string) {
    this.#root = root;
  }

  get all(): readonly Problem[] {
    return [...this.#all.values()].sort((one, other) => compare(textOf(one), textOf(other)));
  }

  add(node: ts.Node, message: string): void {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    const problem = { at: `${relative(this.#root, file.fileName)}:${line + 1}`, message };
    this.#all.set(textOf(problem), problem);
  }
}

/** A problem as one line. */
export function textOf({ at, message }: Problem): string {
  return `${at}: ${message}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
