import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { commandLineOf } from '../processes/process-identity.js';
import type { RuntimeState } from './runtime-file.js';

/** What commands of operators and the next master are told of one that leads. */
export function runtimeState(
  { host, port }: MasterAddress,
  env: string,
  { outside, drained }: Pick<RuntimeState, 'outside' | 'drained'>,
): RuntimeState {
  const { pid } = process;
  const servers = { ...(outside && { outside }), ...(drained && { drained }) };
  return { pid, commandLine: commandLineOf(pid), host, port, env, ...servers };
}
