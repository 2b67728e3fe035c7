import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

interface AskedHeadProps {
  readonly name: string;
  readonly again: () => void;
}

/** The head of a page of what servers are asked for once: its name, and a button that asks again. */
export function AskedHead({ name, again }: AskedHeadProps) {
  return (
    <div class="title-line">
      <h1>
        <Said text={name} />
      </h1>
      <button type="button" onClick={again}>
        {t('config.again')}
      </button>
    </div>
  );
}
