import { t } from '../words/words-store.js';

/** Roles that every cluster has. */
const presets = ['viewer', 'operator', 'admin'] as const;

interface RoleChoiceProps {
  readonly role: string;
  readonly onRole: (role: string) => void;
}

/** Chooses a role; one that the configuration adds stays among them. */
export function RoleChoice({ role, onRole }: RoleChoiceProps) {
  return (
    <p class="field">
      <label>
        {t('accounts.role')}{' '}
        <select value={role} onChange={({ currentTarget }) => onRole(currentTarget.value)}>
          {[...new Set<string>([...presets, role])].map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}
