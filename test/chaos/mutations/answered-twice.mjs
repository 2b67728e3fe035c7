/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'calls are answered once',
  reason: 'Each answer goes to the client two times.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/acceptor/client-connection.ts',
      find: '    else this.#queue(answerFrame(messageId, bytes, start, end));',
      replace: `    else {
      this.#queue(answerFrame(messageId, bytes, start, end));
      this.#queue(answerFrame(messageId, bytes, start, end));
    }`,
    },
  ],
};
