import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';

/** A text that is shown once and to be taken along. */
export function CopyText({ label, text }: { readonly label: string; readonly text: string }) {
  const copy = () => {
    copyText(text).then(
      () => announce(t('copy.done')),
      (error: Error) => announce(error.message),
    );
  };
  return (
    <div class="copy">
      <span>{label}</span>
      <code data-copy>{text}</code>
      <button type="button" class="small" onClick={copy}>
        {t('copy.do')}
        <span class="unseen"> {label}</span>
      </button>
    </div>
  );
}

/** Where a page was not loaded over TLS there is no clipboard for it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else throw new Error('no clipboard here: it needs https');
}
