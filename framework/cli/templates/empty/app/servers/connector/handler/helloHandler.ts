import type { Session } from '@pomelo-ts/core';

/** What clients can ask for: `connector.helloHandler.hello`. */
export default class HelloHandler {
  /** Greets a player, who is known by that name from then on. */
  async hello(msg: { name: string }, session: Session): Promise<{ text: string }> {
    // A client may send anything.
    const name = String(msg.name).slice(0, 24);
    if (session.uid === undefined) await session.bind(name);
    return { text: `hello ${name}` };
  }
}
