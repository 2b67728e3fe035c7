import { parseDuration } from '@pomelo-ts/common';
import type { RestartHow } from '@pomelo-ts/master';

/** How a restart goes on, as an operator has said it. */
export interface Pacing {
  /** Duration with its unit, or `0`. */
  readonly watch: string | undefined;
  /** A whole number. */
  readonly atOnce: string | undefined;
  readonly allAtOnce: boolean;
}

/** What the command line says of it. */
export const pacingIn = (argv: {
  readonly watch?: string | undefined;
  readonly 'at-once'?: string | undefined;
  readonly 'all-at-once'?: boolean | undefined;
}): Pacing => ({
  watch: argv.watch,
  atOnce: argv['at-once'],
  allAtOnce: argv['all-at-once'] === true,
});

/** For the master; a text when the call makes no sense. */
export function howOf({ watch, atOnce, allAtOnce }: Pacing): RestartHow | string {
  const watchMs = watch === undefined || watch === '0' ? 0 : parseDuration(watch);
  if (watchMs === undefined || watchMs > 3_600_000)
    return `expected --watch as a duration with its unit of at most an hour, such as "10s", or 0; got ${watch}`;
  if (atOnce !== undefined && !/^0*[1-9]\d{0,8}$/.test(atOnce))
    return `expected --at-once as a whole number above 0; got ${atOnce}`;
  const count = allAtOnce ? 'all' : atOnce === undefined ? undefined : Number(atOnce);
  return { ...(watch !== undefined && { watchMs }), ...(count !== undefined && { atOnce: count }) };
}
