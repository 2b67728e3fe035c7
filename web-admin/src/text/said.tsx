import { escaped } from '@pomelo-ts/views';

/**
 * A text that somebody else has written, such as a name: what would turn its direction or hide is shown as its code, and it turns nothing
 * around it.
 */
export function Said({ text, lang }: { readonly text: string; readonly lang?: string }) {
  return <bdi lang={lang}>{escaped(text)}</bdi>;
}
