import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../words/words-store.js';
import { SureDialog } from './sure-dialog.js';

interface SureButtonProps {
  /** What it does, on the button. */
  readonly words: string;
  /** What it does it with, such as the name of an account. */
  readonly what: string;
  /** What else there is to know before. */
  readonly children?: ComponentChildren;
  readonly act: () => Promise<unknown>;
  readonly mark?: string;
}

/** A button that asks once more; what is refused is told in the dialog. */
export function SureButton({ words, what, children, act, mark }: SureButtonProps) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button
        type="button"
        class="small"
        aria-haspopup="dialog"
        aria-label={t('accounts.for', { what: words, name: what })}
        onClick={() => setAsks(true)}
        data-sure={mark}
      >
        {words}
      </button>
      {asks && (
        <SureDialog {...{ words, what, act }} onClose={() => setAsks(false)}>
          {children}
        </SureDialog>
      )}
    </>
  );
}
