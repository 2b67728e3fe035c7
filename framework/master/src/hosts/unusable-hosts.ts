import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';

/** @throws the error of the one host that cannot be used, or HOSTS_UNUSABLE with those of several */
export function refuseUnusable(unusable: ReadonlyMap<string, unknown>): void {
  const errors = [...unusable.values()];
  if (errors.length === 0) return;
  if (errors.length === 1 && isPomeloError(errors[0])) throw errors[0];
  const problems = errors.map((error) => `  ${reasonOf(error).replaceAll('\n', '\n  ')}`);
  throw new PomeloError('HOSTS_UNUSABLE', { count: problems.length, problems: problems.join('\n') });
}
