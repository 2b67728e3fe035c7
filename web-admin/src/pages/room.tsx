import { Link } from '../place/link.js';
import { Problem } from '../shell/problem.js';
import { Said } from '../text/said.js';
import { TextBox } from '../text/text-box.js';
import { t } from '../words/words-store.js';
import { AskedHead } from './asked-head.js';
import { useAsked } from './use-asked.js';

/** Which thing is looked at. */
export interface RoomProps {
  /** The server that has it. */
  readonly at: string;
  readonly kind: string;
  readonly name: string;
}

/** One thing as its game gives it to operators. */
export function Room({ at, kind, name }: RoomProps) {
  const { answer, problem, again } = useAsked<{ readonly state?: unknown; readonly cut?: string }>(
    'inspect.show',
    { id: at, kind, thing: name },
  );
  const text = answer && (answer.cut ?? JSON.stringify(answer.state, undefined, 2));
  return (
    <>
      <AskedHead name={name} again={again} />
      <p>
        <Said text={kind} /> ·{' '}
        <Link to={{ page: 'server', id: at, tab: 'figures' }}>
          <Said text={at} />
        </Link>{' '}
        · <Link to={{ page: 'rooms', at: '', kind: '', name: '' }}>{t('nav.rooms')}</Link>
      </p>
      <Problem text={problem} />
      {answer?.cut !== undefined && <p class="notice">{t('rooms.cut')}</p>}
      {text !== undefined && <TextBox label={t('rooms.state', { name })} text={text} />}
    </>
  );
}
