import { type PastSpan, pastSpans } from '@pomelo-ts/views';
import { Link } from '../place/link.js';
import { type Place, usualSpan } from '../place/place.js';
import { t } from '../words/words-store.js';

interface SpanChoiceProps {
  /** Where the charts are. */
  readonly at: Extract<Place, { readonly span?: PastSpan }>;
}

/** How much of the past charts show. */
export function SpanChoice({ at }: SpanChoiceProps) {
  const { span: now = usualSpan } = at;
  return (
    <nav aria-label={t('chart.span')}>
      <ul class="tabs">
        {(Object.keys(pastSpans) as PastSpan[]).map((span) => (
          <li key={span}>
            <Link to={{ ...at, span }} current={span === now}>
              {t(`chart.span.${span}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
