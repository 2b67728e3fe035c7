export default class ChatHandler {
  /** @param {any} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {{ d: string }} msg */
  echo(msg) {
    return { d: msg.d };
  }

  /** @param {unknown} _msg @param {unknown} session */
  async join(_msg, session) {
    await this.app.channels.create('room').add(session);
    return {};
  }

  /** @param {{ m: string }} msg */
  shout(msg) {
    this.app.channels.get('room').push('onShout', { m: msg.m });
    return {};
  }
}
