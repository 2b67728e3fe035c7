import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useFailing } from '../shell/failing.js';
import { Modal } from '../shell/modal.js';
import { Problem } from '../shell/problem.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

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
  const { problem, busy, run } = useFailing();
  const close = () => setAsks(false);
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await act();
      close();
    });
  };
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
        <Modal title={<Said text={t('action.confirm', { verb: words, what })} />} onClose={close}>
          <form onSubmit={submit}>
            {children}
            <Problem text={problem} />
            <p class="buttons">
              <button type="submit" class="strong" aria-disabled={busy} data-confirm>
                {words}
              </button>
              <button type="button" onClick={close}>
                {t('dialog.cancel')}
              </button>
            </p>
          </form>
        </Modal>
      )}
    </>
  );
}
