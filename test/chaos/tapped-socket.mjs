// A WebSocket for the client, and what goes over it as it is on the wire: the client itself would drop an answer that it does not wait for.
import { MessageView, messageType, packageType, readMessage, splitPackages } from '@pomelo-ts/protocol';
import { WebSocket } from 'ws';

/** Requests sent, answers that came to one of them, and answers to what was not asked or was answered before. */
export const wire = { asked: 0, answered: 0, unasked: 0 };

/** Hears the messages of one connection, in both directions. */
export class Tap {
  #waiting = new Set();
  #view = new MessageView();
  #counts;

  constructor(counts = wire) {
    this.#counts = counts;
  }

  sent(frame) {
    this.#each(frame, ({ type, id }) => {
      if (type !== messageType.request || id === 0) return;
      this.#waiting.add(id);
      this.#counts.asked++;
    });
  }

  received(frame) {
    this.#each(frame, ({ type, id }) => {
      if (type !== messageType.response) return;
      if (this.#waiting.delete(id)) this.#counts.answered++;
      else this.#counts.unasked++;
    });
  }

  #each(frame, hear) {
    splitPackages(frame, frame.length, {
      onPackage: (type, bytes, start, end) => {
        if (type !== packageType.data) return;
        readMessage(bytes, start, end, this.#view);
        hear(this.#view);
      },
    });
  }
}

/** Opens what a client takes as its socket. */
export function openTapped(url, events) {
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
  const tap = new Tap();
  let fault = '';
  socket.on('open', () => events.onOpen());
  socket.on('message', (data) => {
    tap.received(data);
    events.onFrame(data);
  });
  socket.on('error', (error) => {
    fault = error.message || error.code || error.name;
  });
  socket.on('close', (code, reason) => events.onClose(fault || reason.toString() || `closed with ${code}`));
  return {
    send: (bytes) => {
      tap.sent(bytes);
      socket.send(bytes);
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}
