import { columnsOf, readProblem, type ViewName } from '@pomelo-ts/views';
import { batch, signal } from '@preact/signals';
import type { ChineseNames } from './chinese-names.js';
import { english, type WordKey, type Words } from './en.js';
import { type Filling, fill } from './fill.js';

/** Languages of the page. */
export const languages = { en: 'English', zh: '中文' } as const;

/** One of {@link languages}. */
export type Language = keyof typeof languages;

/** What the page speaks. */
export const language = signal<Language>('en');

const words = signal<Words>(english);
const names = signal<ChineseNames | undefined>(undefined);
const remembered = 'pomelo-ts language';

/** Speaks another language from now on, also when the page is opened again. */
export async function speak(to: Language): Promise<void> {
  localStorage.setItem(remembered, to);
  await take(to);
}

/** The language that was chosen, or that the browser asks for. */
export async function speakAsWanted(): Promise<void> {
  const wanted = localStorage.getItem(remembered) ?? navigator.language;
  await take(wanted.startsWith('zh') ? 'zh' : 'en');
}

async function take(to: Language): Promise<void> {
  // who reads English does not load it
  const other = to === 'zh' ? await import('./zh.js') : undefined;
  batch(() => {
    language.value = to;
    words.value = other?.chinese ?? english;
    names.value = other?.chineseNames;
  });
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
}

/** The words of a key in the language that is spoken. */
export const t = (key: WordKey, filling?: Filling): string => fill(words.value[key], filling);

/** Head of a column, and one sentence on it. */
export function columnWords(view: ViewName, name: string): { readonly title: string; readonly help: string } {
  const column = columnsOf(view)[name]!;
  const inChinese = names.value?.columns[view] as
    | Readonly<Record<string, readonly [string, string]>>
    | undefined;
  const [title, help] = inChinese?.[name] ?? [column.title, column.help];
  return { title, help };
}

/** What happens when an operation is carried out; `effect` is what the master says. */
export const effectOf = (verb: string, effect: string): string => names.value?.effects[verb] ?? effect;

/** What an argument of an operation means; `description` is what the master says. */
export const argumentWords = (verb: string, name: string, description?: string): string | undefined =>
  names.value?.arguments[`${verb} ${name}`] ?? names.value?.arguments[name] ?? description;

/** When an operation asks for a proof; `when` is what the master says. */
export const proofWords = (when: string): string => names.value?.proofs[when] ?? when;

/** What is wrong, in the language that is spoken; `what` is what the master says. */
export function problemWords(what: string): string {
  const read = names.value && readProblem(what);
  if (!read) return what;
  const { state, ...facts } = read.facts;
  return fill(names.value!.problems[read.name], {
    ...facts,
    ...(state !== undefined && { state: stateWord(state) }),
  });
}

/** A verb as people say it: `restart` for `servers.restart`. */
export function verbWord(verb: string): string {
  return names.value?.verbs[verb] ?? verb.split('.').at(-1)!;
}

/** A state in the language that is spoken. */
export const stateWord = (state: string): string => names.value?.states[state] ?? state;
