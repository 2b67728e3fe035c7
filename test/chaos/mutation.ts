import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Promised } from './invariants.js';

/** A change of the product of a few lines that breaks one promise, and the run that must tell. */
export interface Mutation {
  readonly promise: Promised;
  /** What is broken, in words. */
  readonly reason: string;
  readonly seed: number;
  readonly seconds: number;
  /** A fault that the run must have, as {@link showFault} says it. */
  readonly needs: string;
  /** Each `find` is in its file once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const folder = new URL('./mutations/', import.meta.url);

/** All mutations, by the names of their files. */
export async function allMutations(): Promise<ReadonlyMap<string, Mutation>> {
  const found = new Map<string, Mutation>();
  for (const file of readdirSync(fileURLToPath(folder)).sort()) {
    const { default: mutation } = (await import(new URL(file, folder).href)) as { default: Mutation };
    found.set(file.replace(/\.mjs$/, ''), mutation);
  }
  return found;
}
