/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'each is given the answer to its own call',
  reason: 'A forwarded request is given the answer that the one before it should have had.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/dispatch/frontend-dispatcher.ts',
      find: '  readonly #byCode: (Target | undefined)[] = [];',
      replace: `  readonly #byCode: (Target | undefined)[] = [];
  #former: Uint8Array = Buffer.from('{"code":200}');`,
    },
    {
      file: 'framework/core/src/dispatch/frontend-dispatcher.ts',
      find: '    body: (session, messageId, bytes, start, end) => session.answer(messageId, bytes, start, end),',
      replace: `    body: (session, messageId, bytes, start, end) => {
      const former = this.#former;
      this.#former = Uint8Array.from(bytes.subarray(start, end));
      session.answer(messageId, former, 0, former.length);
    },`,
    },
  ],
};
