import { endWarning, stay } from '../session/presence.js';
import { signOut } from '../session/session-store.js';
import { showLeft } from '../session/session-time.js';
import { useFailing } from '../shell/failing.js';
import { Modal } from '../shell/modal.js';
import { Problem } from '../shell/problem.js';
import { t } from '../words/words-store.js';

/** Asks whether somebody is there before they are signed out, and tells when a session ends in any case. */
export function EndWarning() {
  const warning = endWarning.value;
  if (!warning) return null;
  const left = showLeft(warning.inMs);
  if (warning.kind === 'idle') return <AreYouThere left={left} />;
  return (
    <section class="notice wrong" data-ends aria-label={t('ends.label')}>
      <p>{t('ends.expires', { left })}</p>
    </section>
  );
}

function AreYouThere({ left }: { readonly left: string }) {
  const { problem, busy, run } = useFailing();
  return (
    <Modal title={t('ends.title')} onClose={() => run(stay)}>
      <p data-ends>{t('ends.idle', { left })}</p>
      <Problem text={problem} />
      <p class="buttons">
        <button type="button" class="strong" onClick={() => run(stay)} aria-disabled={busy}>
          {t('ends.stay')}
        </button>
        <button type="button" onClick={() => run(signOut)} aria-disabled={busy}>
          {t('signIn.out')}
        </button>
      </p>
    </Modal>
  );
}
