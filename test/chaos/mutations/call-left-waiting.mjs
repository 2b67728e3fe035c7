/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'every call settles',
  reason: 'A request whose backend is silent is never ended.',
  seed: 1191,
  seconds: 5,
  needs: 'pause server chat-2 for 7.2 s',
  edits: [
    {
      file: 'framework/core/src/forward/forwarder.ts',
      find: `    this.#answers.error(this.#session, this.#messageId, route, told);
`,
      replace: '',
    },
  ],
};
