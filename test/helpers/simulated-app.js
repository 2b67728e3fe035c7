import { setImmediate as breath } from 'node:timers/promises';

/** Clients that are opened without a pause. */
const atOnce = 100;

/** An acceptor without sockets: `options.count` clients are there once it listens, and sign in as players that no other server has. */
class SimulatedAcceptor {
  #context;
  #closed = false;
  #sessions = new Set();

  constructor(context) {
    this.#context = context;
  }

  async listen(port) {
    void this.#open();
    return port;
  }

  stopAccepting() {}

  async close(reason) {
    this.#closed = true;
    for (const session of this.#sessions) session.linkClosed(reason);
  }

  async #open() {
    const { count, begin } = this.#context.options;
    for (let n = 0; n < count && !this.#closed; n++) {
      if (n % atOnce === 0) await breath();
      this.#openOne(begin + n);
    }
  }

  #openOne(n) {
    const end = (reason) => {
      if (this.#sessions.delete(session)) session.linkClosed(reason);
    };
    const session = this.#context.places.open({
      address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
      hostHeader: undefined,
      localAddress: undefined,
      queuedBytes: n % 997,
      answer: () => {},
      push: () => true,
      kick: end,
      drop: end,
    });
    this.#sessions.add(session);
    session.linkReady();
    const message = encodeSignIn(`player-${n}`);
    session.receive(message, 0, message.length);
  }
}

/** A request of `connector.entryHandler.enter`: its type, its number, and its route as text. */
function encodeSignIn(uid) {
  const route = Buffer.from('connector.entryHandler.enter');
  return Buffer.concat([Buffer.from([0, 1, route.length]), route, Buffer.from(JSON.stringify({ uid }))]);
}

export default {
  setUp(app) {
    app.acceptor('simulated', (context) => new SimulatedAcceptor(context));
  },
};
