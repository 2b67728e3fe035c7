import type { ServerEntry } from '@pomelo-ts/cluster';
import { fileOptionsOf } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import type { ProcessHost } from '../processes/process-host.js';

/**
 * Looks on a host for the files that the args of these servers name: a process whose file is missing ends before it can say anything.
 * A host whose servers name none is not asked.
 *
 * @throws ARGS_UNUSABLE; what keeps the host from being asked
 */
export async function requireArgFiles(
  host: Pick<ProcessHost, 'name' | 'missingFiles'>,
  servers: readonly Pick<ServerEntry, 'id' | 'args'>[],
): Promise<void> {
  const idsOf = new Map<string, string[]>(); // many servers have the same ones
  for (const { id, args } of servers) {
    const options = JSON.stringify(fileOptionsOf(args));
    if (options !== '[]') idsOf.set(options, [...(idsOf.get(options) ?? []), id]);
  }
  if (idsOf.size === 0) return;
  const asked = [...idsOf.keys()].map((options) => JSON.parse(options) as string[][]);
  const missing = await host.missingFiles(asked);
  if (missing.every((texts) => texts.length === 0)) return;
  const ids = [...idsOf.values()].flatMap((same, index) => (missing[index]!.length > 0 ? same : []));
  throw new PomeloError('ARGS_UNUSABLE', {
    serverIds: ids.join(', '),
    host: host.name,
    problems: [...new Set(missing.flat())].map((problem) => `  ${problem}`).join('\n'),
  });
}
