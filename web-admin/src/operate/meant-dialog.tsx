import { useState } from 'preact/hooks';
import { SureDialog } from '../actions/sure-dialog.js';
import { isTyped, TypedSurely } from '../actions/typed-surely.js';
import type { OperationInfo } from '../api/answers.js';
import { Said } from '../text/said.js';
import { effectOf, t } from '../words/words-store.js';
import { OperationFacts } from './operation-facts.js';
import { isForAll, typedFor } from './sure.js';

interface MeantDialogProps {
  readonly operation: OperationInfo;
  readonly args: Readonly<Record<string, unknown>>;
  readonly ask: (args: object) => void;
  readonly onClose: () => void;
}

/** Says what an operation does, and with what, and asks whether it is meant. */
export function MeantDialog({ operation, args, ask, onClose }: MeantDialogProps) {
  const [typed, setTyped] = useState('');
  const wanted = typedFor(operation, args);
  const { verb, effect } = operation;
  return (
    <SureDialog
      words={t('operate.do')}
      what={verb}
      meant={isTyped(wanted, typed)}
      // what comes of it is told on the page
      act={async () => ask(args)}
      onClose={onClose}
    >
      <p>{effectOf(verb, effect)}</p>
      {isForAll(operation, args) && <strong>{t('operate.all')}</strong>}
      {Object.keys(args).length > 0 && (
        <p>
          <code>
            <Said text={JSON.stringify(args)} />
          </code>
        </p>
      )}
      <OperationFacts operation={operation} />
      <TypedSurely {...{ wanted, typed, setTyped }} />
    </SureDialog>
  );
}
