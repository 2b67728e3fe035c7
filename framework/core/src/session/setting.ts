import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { carriedValue } from '@pomelo-ts/rpc';

/**
 * Refuses what a session cannot keep, as it goes with the session's requests to other servers: later it would fail all of
 * them.
 *
 * @throws SETTING_INVALID that names the place
 */
export function checkSetting(key: string, value: unknown): void {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return;
  }
  if (value === null) return;
  try {
    carriedValue({ settings: { [key]: value } });
  } catch (cause) {
    throw new PomeloError('SETTING_INVALID', { reason: reasonOf(cause) }, { cause });
  }
}
