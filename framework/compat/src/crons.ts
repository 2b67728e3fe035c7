import type { CronEntry } from '@pomelo-ts/cluster';
import { neverComes } from '@pomelo-ts/cluster/cron';
import { fromPomeloCron, hasNumberedMonth } from '@pomelo-ts/cluster/internal';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Application } from '@pomelo-ts/core';
import type { OldStyle } from './types.js';

/** A cron as apps add them: its time in the words of pomelo's scheduler. */
export type OldCron = Pick<CronEntry, 'id' | 'time' | 'action'> & { readonly serverId?: string };

/**
 * Refuses crons of `config/crons.json` that number their months: the number stands for another month in an old app than in
 * a new one, and the file cannot say which it is for.
 *
 * @throws CRON_INVALID with the time to write instead
 */
export function checkCrons({ settings }: Application, style: OldStyle): void {
  const wrong = settings.crons.find(hasNumberedMonth);
  if (!wrong) return;
  const said = timeOf(wrong, style);
  const meant = said === undefined ? 'it never comes' : `write "${said}"`;
  const reason = `${style} counts months from 0, and cron from 1: expected the month's name in "${wrong.time}", so that nobody can mistake it; if the line is still as ${style} had it, ${meant}`;
  throw new PomeloError('CRON_INVALID', { cron: wrong.id, reason });
}

/** A cron that an app adds by its code, as core takes it; undefined when its time never comes. */
function cronEntry({ id, time, action, serverId }: OldCron, style: OldStyle): OldCron | undefined {
  const said = timeOf({ time }, style);
  return said === undefined
    ? undefined
    : { id, time: said, action, ...(serverId === undefined ? {} : { serverId }) };
}

/** What a time of an old app means; undefined when it never comes. */
function timeOf({ time }: Pick<OldCron, 'time'>, style: OldStyle): string | undefined {
  const said = fromPomeloCron(time, style === 'pinus');
  return said === undefined || neverComes(said) ? undefined : said;
}

/** What an old app adds to run by the clock and takes away: each begins once the server has started. */
export class OldCrons {
  readonly #core: Application;
  readonly #style: OldStyle;
  /** What waits for the start. */
  readonly #coming = new Set<OldCron>();

  constructor(core: Application, style: OldStyle) {
    this.#core = core;
    this.#style = style;
  }

  add(cron: OldCron): void {
    if (cron.serverId !== undefined && cron.serverId !== this.#core.serverId) return;
    const entry = cronEntry(cron, this.#style);
    if (!entry) {
      this.#core.logger.warn(`the cron ${cron.id} never comes: ${cron.time}`);
      return;
    }
    this.#coming.add(entry);
    this.#core.crons.whenBegun(() => {
      if (this.#coming.delete(entry)) this.#begin(entry);
    });
  }

  /** Also one that waits for the start: it never begins. */
  remove(id: string): void {
    for (const entry of this.#coming) if (entry.id === id) this.#coming.delete(entry);
    this.#core.crons.remove(id);
  }

  /** An app that adds crons to servers that have no such method starts all the same, as with pomelo. */
  #begin(entry: OldCron): void {
    try {
      this.#core.crons.add(entry);
    } catch (error) {
      this.#core.logger.warn(reasonOf(error));
    }
  }
}
