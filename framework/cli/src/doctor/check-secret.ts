import { resolveSecret } from '@pomelo-ts/cluster';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { endFormerSecret } from '../former-secret.js';
import type { Check } from './finding.js';

export const checkSecret: Check = ({ root, env }) => {
  try {
    const { source, previous } = resolveSecret({ root, env, create: false });
    if (previous === undefined) return [{ check: 'secret', state: 'fine', text: `from ${source}` }];
    const text = `from ${source}; the one before it is taken as well`;
    const cure = `once all masters and servers have the new one: ${endFormerSecret} (with POMELO_TS_PREVIOUS_SECRET: pomelo-ts secret reload, then unset it and start the master again)`;
    return [{ check: 'secret', state: 'note', text, cure }];
  } catch (error) {
    if (isPomeloError(error, 'SECRET_MISSING') && env === 'development')
      return [{ check: 'secret', state: 'fine', text: 'none yet; the first start makes one' }];
    const cure = isPomeloError(error, 'SECRET_FILE_OPEN')
      ? 'chmod 600 .pomelo-ts/secret, and change it if others may have read it'
      : 'openssl rand -hex 32 makes one: put it into .pomelo-ts/secret (chmod 600) on every host, or into POMELO_TS_SECRET';
    return [{ check: 'secret', state: 'wrong', text: reasonOf(error), cure }];
  }
};
