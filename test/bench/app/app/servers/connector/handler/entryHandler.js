export default class EntryHandler {
  /** @param {{ d: string }} msg */
  echo(msg) {
    return { d: msg.d };
  }

  /**
   * @param {{ uid: string }} msg
   * @param {{ bind: (uid: string) => Promise<void> }} session
   */
  async login(msg, session) {
    await session.bind(msg.uid);
    return {};
  }
}
