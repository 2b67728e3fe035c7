import type { Application, Session } from '@pomelo-ts/core';

/** Tells newcomers which connector to use. */
export default class GateHandler {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /**
   * Tells the connector for a uid; without a uid the answer is `{code: 500}`.
   * @proto none
   */
  queryEntry(
    msg: { uid: string | number },
    session: Session,
  ): { code: 500 } | { code: 200; host: string; port: number; url?: string } {
    const { uid }: { uid?: unknown } = msg;
    if ((typeof uid !== 'string' && typeof uid !== 'number') || uid === '') return { code: 500 };
    const { host, port, url } = this.#app.gate.pick(uid, session);
    // Where the connector has a clientUrl, clients of this framework go there; others know host and port alone.
    return { code: 200, host, port, ...(url !== undefined && { url }) };
  }
}
