import { language } from '../words/words-store.js';

/** A date and time, in the language that is spoken and by the clock of whoever looks. */
export function Moment({ at }: { readonly at: number | string }) {
  const time = new Date(at);
  return <time dateTime={time.toISOString()}>{momentText(time)}</time>;
}

/** A date and time as text. */
export const momentText = (time: Date): string =>
  new Intl.DateTimeFormat(language.value === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(time);
