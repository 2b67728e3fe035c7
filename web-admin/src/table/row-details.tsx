import { columnsOf, type Page, type ViewName } from '@pomelo-ts/views';
import { Modal } from '../shell/modal.js';
import { Said } from '../text/said.js';
import { columnWords, t } from '../words/words-store.js';
import { CellText } from './table-row.js';

interface RowDetailsProps {
  readonly view: ViewName;
  readonly page: Page;
  readonly rowKey: string;
  readonly onClose: () => void;
}

/** All that is known of one line, as it changes: also what there is no room for in the table. */
export function RowDetails({ view, page, rowKey, onClose }: RowDetailsProps) {
  const row = page.rows.find(({ key }) => key === rowKey);
  return (
    <Modal title={<Said text={rowKey} />} onClose={onClose}>
      {row ? (
        <dl class="details">
          {Object.entries(columnsOf(view)).map(([name, column]) => {
            const { title, help } = columnWords(view, name);
            return (
              <div key={name}>
                <dt>
                  {title}
                  <small>{help}</small>
                </dt>
                <dd>
                  <CellText {...{ view, row, name, column }} /> {row.cells[name] == null && '–'}
                </dd>
              </div>
            );
          })}
        </dl>
      ) : (
        <p>{t('topology.none')}</p>
      )}
    </Modal>
  );
}
