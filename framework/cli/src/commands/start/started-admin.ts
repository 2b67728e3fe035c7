import type { ClusterConfig } from '@pomelo-ts/cluster';
import { type Logger, reasonOf, systemClock } from '@pomelo-ts/common';
import type { Leader, Master } from '@pomelo-ts/master';
import type { Paint } from '../../terminal.js';

/** What a {@link StartedAdmin} works with. */
export interface StartedAdminParts {
  readonly config: ClusterConfig;
  /** The master of this process, while it leads. */
  master(): Master | undefined;
  leader(): Leader | undefined;
  readonly logger: Logger;
}

/** What keeps the admin open, and what is told of it. */
interface Opened {
  readonly url?: string;
  readonly error?: Error;
  firstLink(anew: boolean): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The admin of a master that a command has started, where one is configured: its libraries are loaded only then. */
export class StartedAdmin {
  readonly #opened: Opened | undefined;

  private constructor(opened: Opened | undefined) {
    this.#opened = opened;
  }

  /** A port that somebody else has does not keep a master from its work: it is tried again. */
  static async open({ config, ...parts }: StartedAdminParts): Promise<StartedAdmin> {
    const { admin: settings } = config.master;
    if (!settings) return new StartedAdmin(undefined);
    const [{ Admin }, { OpsOpening }] = await Promise.all([
      import('@pomelo-ts/admin'),
      import('@pomelo-ts/common/ops'),
    ]);
    const { root, env } = config;
    let admin: Awaited<ReturnType<typeof Admin.open>> | undefined;
    const open = async () => {
      const hosts = config.master.masters.map(({ host }) => host);
      admin = await Admin.open({ settings, root, env, hosts, ...parts });
      return admin;
    };
    const opening = new OpsOpening(open, { clock: systemClock, logger: parts.logger, what: 'the admin' });
    const error = await opening.open();
    if (error) opening.tryAgain(error);
    return new StartedAdmin({
      ...(admin && { url: admin.url }),
      ...(error && { error }),
      firstLink: async (anew) => admin?.firstLink(anew),
      close: () => opening.close(),
    });
  }

  /**
   * What whoever has started the cluster is told of it, a line.
   *
   * @param shown which links for the first account may be in it: `any` where a person reads it, `missing` ones where a former master may
   * have shown one that is still good, and `none` in a log
   */
  async line(paint: Paint, shown: 'any' | 'missing' | 'none'): Promise<string> {
    const { url, error, firstLink } = this.#opened ?? {};
    if (error) return `\nthe admin is not open: ${reasonOf(error)} It is tried again.`;
    if (url === undefined) return '';
    const at = `\nadmin at ${paint('cyan', `${url}/`)}`;
    if (shown === 'none') return at;
    try {
      const link = await firstLink?.(shown === 'any');
      return link === undefined ? at : `${at}; the first account, within an hour: ${paint('cyan', link)}`;
    } catch (failure) {
      return `${at}; there is no link for a first account: ${reasonOf(failure)}`;
    }
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }
}
