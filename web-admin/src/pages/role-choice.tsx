import { useId } from 'preact/hooks';
import { t } from '../words/words-store.js';

/** Roles that every cluster has; the configuration may have more, and those are typed. */
const presets = ['viewer', 'operator', 'admin'] as const;

interface RoleChoiceProps {
  readonly role: string;
  readonly onRole: (role: string) => void;
}

/** A role: one of those that every cluster has, or one of its own. */
export function RoleChoice({ role, onRole }: RoleChoiceProps) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{t('accounts.role')}</label>
      <input
        id={id}
        list={`${id}-roles`}
        value={role}
        required
        maxLength={64}
        autocomplete="off"
        onInput={({ currentTarget }) => onRole(currentTarget.value)}
      />
      <datalist id={`${id}-roles`}>
        {presets.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </p>
  );
}
