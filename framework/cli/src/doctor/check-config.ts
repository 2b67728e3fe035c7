import { reasonOf } from '@pomelo-ts/common';
import { count } from '../view/units.js';
import type { Check } from './finding.js';

export const checkConfig: Check = ({ config, problem, env }) => {
  if (!config) {
    const cure = 'mend each line; pomelo-ts config check tells whether it is enough';
    return [{ check: 'config', state: 'wrong', text: reasonOf(problem), cure }];
  }
  return [{ check: 'config', state: 'fine', text: `${count(config.servers.length, 'server')} for ${env}` }];
};
