import { type Problem, showTime } from '@pomelo-ts/views';
import { Link } from '../place/link.js';
import { placeOfNext, placeOfProblem } from '../place/problem-places.js';
import { Sign } from '../table/sign.js';
import { Said } from '../text/said.js';
import { problemWords, t } from '../words/words-store.js';

/** One thing that is wrong, since when, and what looks into it. */
export function ProblemItem({ problem }: { readonly problem: Problem }) {
  const { severity, about, what, since, next } = problem;
  return (
    <li class={severity}>
      <p>
        <Sign state={severity} trouble={1} /> <span class="severity">{t(`problem.${severity}`)}</span>{' '}
        <strong>
          <Link to={placeOfProblem(about, next)}>
            <Said text={about} />
          </Link>
        </strong>{' '}
        <Said text={problemWords(what)} />
      </p>
      <p class="quiet">
        {t('overview.since', { time: showTime(since) })} · <Next next={next} />
      </p>
    </li>
  );
}

/** What looks into it: here where the page has it, else by a command on a terminal. */
function Next({ next }: { readonly next: string }) {
  const to = placeOfNext(next);
  if (!to)
    return (
      <code lang="en">
        pomelo-ts <Said text={next} />
      </code>
    );
  return (
    <Link to={to}>
      {to.page === 'server' ? <Said text={`${t(`server.${to.tab}`)}: ${to.id}`} /> : t('view.routes')}
    </Link>
  );
}
