import { colourAs, type Theme, theme, themes } from '../style/theme-store.js';
import { announce } from '../words/announce-store.js';
import { type Language, language, languages, speak, t } from '../words/words-store.js';

/** Language and colours. */
export function Choices() {
  return (
    <>
      <label class="choice">
        <span class="unseen">{t('page.language')}</span>
        <select
          value={language.value}
          onChange={({ currentTarget }) => {
            speak(currentTarget.value as Language).catch((error: Error) => announce(error.message));
          }}
        >
          {Object.entries(languages).map(([code, name]) => (
            <option value={code} lang={code} key={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="choice">
        <span class="unseen">{t('page.theme')}</span>
        <select value={theme.value} onChange={({ currentTarget }) => colourAs(currentTarget.value as Theme)}>
          {themes.map((one) => (
            <option value={one} key={one}>
              {t(`theme.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
