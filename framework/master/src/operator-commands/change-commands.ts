import type { LogRequest } from '@pomelo-ts/cluster';
import type { ClaimAnswer, ClaimRequest, Claims } from '../external/claims.js';
import type { HostFacts } from '../host-facts.js';
import type { RekeyResult } from '../rekey.js';
import type { ServerLogs } from '../server-logs.js';
import type { OnProgress } from '../supervisor/progress.js';
import { restartHowOf } from '../supervisor/restart-how.js';
import type { TopologyOperations } from '../topology/topology-operations.js';

/** What a master offers beside starts and stops. */
export interface Changeable {
  readonly changes: Pick<TopologyOperations, 'add' | 'restore' | 'remove' | 'plan' | 'apply'>;
  readonly claims: Pick<Claims, 'release'>;
  readonly logs: Pick<ServerLogs, 'logOf'>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  hosts(): Promise<readonly HostFacts[]>;
  rekey(): Promise<RekeyResult>;
}

/** A command as an operator has sent it. */
export interface SentCommand {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The servers it names. */
  readonly ids: readonly string[];
  readonly progress: OnProgress;
}

/** Carries out a command that changes which servers there are, or looks into them. */
export async function changeCommand(
  master: Changeable,
  { command, args, ids, progress }: SentCommand,
): Promise<unknown> {
  switch (command) {
    case 'add':
      if (ids.length > 0) return { added: await master.changes.restore(ids, progress) };
      return { added: await master.changes.add(args['servers'], progress) };
    case 'claim': {
      const { id, type, bootId } = args;
      if (typeof bootId !== 'string') throw new Error('expected a bootId');
      return master.claim({ id: textOf(id), type: textOf(type), bootId });
    }
    case 'unclaim':
      master.claims.release(textOf(args['id']) ?? '', textOf(args['bootId']) ?? '');
      return {};
    case 'read the secret':
      return master.rekey();
    case 'ask the hosts':
      return master.hosts();
    case 'read the log':
      return master.logs.logOf(textOf(args['id']) ?? '', logRequestOf(args['request']));
    case 'remove':
      return { killed: await master.changes.remove(ids, progress) };
    case 'read the configuration':
      return master.changes.plan();
    case 'apply the configuration': {
      const { digest, restart, trial } = args;
      const how = {
        digest: typeof digest === 'string' ? digest : undefined,
        restart: restart === true,
        trial: trial !== false,
        ...restartHowOf(args),
      };
      return master.changes.apply(how, progress);
    }
    default:
      throw new Error(`there is no command ${command}`);
  }
}

function logRequestOf(value: unknown): LogRequest {
  const { lines, after } = (value ?? {}) as {
    lines?: unknown;
    after?: { offset?: unknown; before?: unknown };
  };
  if (typeof lines === 'number') return { lines };
  const { offset, before } = after ?? {};
  if (typeof offset === 'number' && offset >= 0 && typeof before === 'string')
    return { after: { offset, before } };
  throw new Error('expected lines or after in the request for a log');
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
