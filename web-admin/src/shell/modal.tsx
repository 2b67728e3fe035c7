import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../words/words-store.js';

interface ModalProps {
  readonly title: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A dialog over the page: the keyboard stays in it, Esc closes it, and then the focus is where it was before. What opens it need not be
 * there any more.
 */
export function Modal({ title, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // at once: a key that is pressed next is for the dialog
  useLayoutEffect(() => {
    const before = document.activeElement;
    const box = dialog.current!;
    box.showModal();
    return () => {
      box.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      else document.getElementById('content')?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="small" onClick={onClose} aria-label={t('dialog.close')}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}
