import type { Key } from '../screen-event.js';

/** A text after a key of typing; undefined when it is no such key. */
export function typed(text: string, key: Key, most: number): string | undefined {
  if (key.name === 'backspace') return [...text].slice(0, -1).join('');
  if (key.name === 'C-u') return '';
  if (key.name === 'C-w') return text.trimEnd().replace(/\S+$/, '');
  const more = key.name === 'space' ? ' ' : key.text;
  return more === undefined || key.name.startsWith('C-') ? undefined : `${text}${more}`.slice(0, most);
}
