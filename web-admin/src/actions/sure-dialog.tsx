import type { ComponentChildren } from 'preact';
import { useFailing } from '../shell/failing.js';
import { Modal } from '../shell/modal.js';
import { Problem } from '../shell/problem.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

interface SureDialogProps {
  /** What is done, on the button. */
  readonly words: string;
  /** With what it is done. */
  readonly what: string;
  readonly children?: ComponentChildren;
  /** Whether all that has to be typed was. */
  readonly meant?: boolean;
  readonly act: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks whether something is meant, and does it; what is refused is told there. */
export function SureDialog({ words, what, children, meant = true, act, onClose }: SureDialogProps) {
  const { problem, busy, run } = useFailing();
  const submit = (event: Event) => {
    event.preventDefault();
    if (!meant) return;
    run(async () => {
      await act();
      onClose();
    });
  };
  return (
    <Modal title={<Said text={t('action.confirm', { verb: words, what })} />} onClose={onClose}>
      <form onSubmit={submit}>
        {children}
        <Problem text={problem} />
        <p class="buttons">
          <button type="submit" class="strong" aria-disabled={busy || !meant} data-confirm>
            {words}
          </button>
          <button type="button" onClick={onClose}>
            {t('dialog.cancel')}
          </button>
        </p>
      </form>
    </Modal>
  );
}
