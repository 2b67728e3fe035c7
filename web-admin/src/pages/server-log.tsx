import { useState } from 'preact/hooks';
import { LogView } from '../log/log-view.js';
import { t } from '../words/words-store.js';

/** The log of a server, as it grows. */
export function ServerLog({ id }: { readonly id: string }) {
  const [filter, setFilter] = useState('');
  return <LogView ids={[id]} label={t('log.label', { id })} filter={filter} onFilter={setFilter} />;
}
