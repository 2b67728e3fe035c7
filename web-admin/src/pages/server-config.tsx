import { type ConfigLine, type ConfigPart, configParts, type ServerConfig } from '@pomelo-ts/views';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { useAsked } from './use-asked.js';

/** What a server runs with, and where each value came from. */
export function ConfigOf({ id }: { readonly id: string }) {
  const { answer, problem, again } = useAsked<ServerConfig>('servers.config', { id });
  return (
    <>
      <div class="title-line">
        <p class="quiet">{t('config.intro')}</p>
        <button type="button" onClick={again}>
          {t('config.again')}
        </button>
      </div>
      <Problem text={problem ?? answer?.problem} />
      {answer ? (
        configParts(answer).map((part) => <Part key={part.name} part={part} />)
      ) : (
        <p class="quiet">{problem === undefined && t('page.loading')}</p>
      )}
    </>
  );
}

function Part({ part: { name, lines } }: { readonly part: ConfigPart }) {
  return (
    <>
      <h2>
        <Said text={name} lang="en" />
      </h2>
      <PlainTable
        caption={name}
        heads={[t('config.setting'), t('config.value'), t('config.from')]}
        rows={lines}
        keyOf={(line) => line.name}
        cells={(line) => [
          <Said key="name" text={line.name} />,
          <code key="value">
            <Said text={line.value} />
          </code>,
          <Origin key="from" line={line} />,
        ]}
      />
    </>
  );
}

function Origin({ line: { from, isDefault, now } }: { readonly line: ConfigLine }) {
  return (
    <>
      <span class={isDefault ? 'quiet' : undefined} lang="en">
        <Said text={from} />
      </span>
      {now && (
        <p class="notice">
          <Said
            text={now.value === '' ? t('config.gone') : t('config.now', { value: now.value, from: now.from })}
          />
        </p>
      )}
    </>
  );
}
