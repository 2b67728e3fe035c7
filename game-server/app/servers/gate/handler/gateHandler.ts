import type { Application } from '@pomelo-ts/core';

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
  queryEntry(msg: { uid: string | number }): { code: 500 } | { code: 200; host: string; port: number } {
    const { uid }: { uid?: unknown } = msg;
    if ((typeof uid !== 'string' && typeof uid !== 'number') || uid === '') return { code: 500 };
    const { host, port } = this.#app.gate.pick(uid);
    return { code: 200, host, port };
  }
}
