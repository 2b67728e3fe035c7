/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'calls are answered',
  reason: 'A frontend gives no answer to its clients.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/acceptor/client-connection.ts',
      find: 'else this.#queue(answerFrame(messageId, bytes, start, end));',
      replace: 'else if (messageId < 0) this.#queue(answerFrame(messageId, bytes, start, end));',
    },
  ],
};
