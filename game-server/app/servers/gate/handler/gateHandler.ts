import type { Application } from '@pomelo-ts/core';

/** Tells newcomers which connector to use. */
export default class GateHandler {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /** `{uid}` is answered with `{code: 200, host, port}`; without a uid with `{code: 500}`. */
  queryEntry(msg: { uid?: unknown }): { code: 500 } | { code: 200; host: string; port: number } {
    const { uid } = msg;
    if ((typeof uid !== 'string' && typeof uid !== 'number') || uid === '') return { code: 500 };
    const { host, port } = this.#app.gate.pick(uid);
    return { code: 200, host, port };
  }
}
