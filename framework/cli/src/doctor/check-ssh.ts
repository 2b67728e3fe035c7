import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { escaped } from '../view/escaped.js';
import { count, showBytes } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Whether the master can start servers on the hosts that it reaches over SSH. */
export const checkSsh: Check = async ({ config, look }) => {
  if (!config) return [];
  const { asMaster, seen, unusable } = await look;
  if (!asMaster)
    return [
      {
        check: 'ssh',
        state: 'note',
        text: 'no master has its address on this machine, so the way from here to other hosts was not tried',
        cure: `run pomelo-ts doctor at ${config.master.masters.map(({ host }) => host).join(', ')}`,
      },
    ];
  const others = [...seen].filter(([, { here }]) => !here);
  return [
    ...[...unusable.values()].map(
      (error): Finding => ({ check: 'ssh', state: 'wrong', ...textAndCure(error) }),
    ),
    ...others.map(([name, { facts }]): Finding => {
      const { node, buildId, cpus, memoryBytes } = facts;
      const has = `Node ${escaped(node)}, build ${escaped(buildId)}, ${count(cpus, 'core')}, ${showBytes(memoryBytes)} of memory`;
      return { check: 'ssh', state: 'fine', text: `${name} can be used: ${has}` };
    }),
  ];
};

/** Messages about hosts end with their cure: a fact of its own, a command in a line of its own, or their last sentences. */
function textAndCure(error: unknown): Pick<Finding, 'text' | 'cure'> {
  const message = reasonOf(error);
  if (isPomeloError(error, 'HOST_UNREACHABLE') || isPomeloError(error, 'SSH_KEY_UNUSABLE')) {
    const cure = String(error.facts.cure);
    return { text: message.slice(0, message.lastIndexOf(cure)).trim(), cure };
  }
  const parts = /^([\s\S]+)\n\s*(.+)$/.exec(message) ?? /^(.+?\.) (\p{Lu}.*)$/u.exec(message);
  return parts ? { text: parts[1]!.trim(), cure: parts[2]! } : { text: message };
}
