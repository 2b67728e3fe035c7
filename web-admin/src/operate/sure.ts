import { type MustType, typedForServers } from '../actions/subject.js';
import type { OperationInfo } from '../api/answers.js';

/** Whether somebody is asked if they mean an operation: what changes something, or reaches many. */
export const asksSurely = ({ changes, provesWhen }: OperationInfo): boolean =>
  changes || provesWhen !== undefined;

type Args = Readonly<Record<string, unknown>>;

/** Whether the operation chooses among servers, and chooses none: then it is for all. */
export const isForAll = (
  { args: { properties = {} } }: OperationInfo,
  { ids, types, hosts }: Args,
): boolean =>
  Object.hasOwn(properties, 'types') && [ids, types, hosts].every((chosen) => chosen === undefined);

/**
 * What has to be typed before an operation of a form is carried out. Of servers that are named it is what it is elsewhere on the page, as if all
 * had clients; the verb itself, where it can end all of the cluster, or names servers by what they have in common.
 */
export function typedFor(operation: OperationInfo, { ids, types, hosts }: Args): MustType | undefined {
  const { verb, changes, role, provesWhen, args } = operation;
  if (!changes) return undefined;
  const grave = provesWhen !== undefined;
  if (verb.startsWith('servers.') && Array.isArray(ids) && types === undefined && hosts === undefined)
    return typedForServers(ids, grave || role === 'admin');
  const byTypes = Object.hasOwn(args.properties ?? {}, 'types');
  return grave || byTypes ? { what: 'id', text: verb } : undefined;
}
