import * as z from 'zod';

const example = 'a URL such as "wss://game.example.com/{n}"';

/** A URL that clients are told; with places to fill for each server. */
export const clientUrlField = () =>
  z.string({ error: example }).superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Whether each copy of an entry with `clusterCount` has a URL of its own by it. */
export const countsCopies = (url: string): boolean => url.includes('{n}');

/** The URL of one server. `n` is the number at the end of its id, where `clusterCount` has made that. */
export function filledUrl(url: string, id: string, n: number | undefined): string {
  return url.replaceAll('{id}', id).replaceAll('{n}', n === undefined ? '{n}' : String(n));
}

function problemOf(text: string): string | undefined {
  if (/\s/.test(text)) return `${example}, without blanks`;
  const other = [...text.matchAll(/\{[^{}]*\}/g)].map(([found]) => found).find((found) => !isKnown(found));
  if (other !== undefined) return `a URL with no other places to fill than {id} and {n}, not ${other}`;
  const url = filledUrl(text, '0', 0);
  if (/[{}]/.test(url)) return 'a URL whose braces are {id} or {n}';
  if (!/^wss?:\/\//i.test(url)) return 'a URL that begins with wss:// or ws://';
  if (!URL.canParse(url)) return example;
  const { username, password, hash, hostname } = new URL(url);
  if (hostname === '') return example;
  if (username !== '' || password !== '') return 'a URL without a user: all clients are told it';
  return hash !== '' || url.endsWith('#') ? 'a URL without "#", which no WebSocket can have' : undefined;
}

const isKnown = (place: string): boolean => place === '{id}' || place === '{n}';
