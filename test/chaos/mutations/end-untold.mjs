/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'backends are told of ends',
  reason: 'Backends that know a session are not told that it has ended.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/forward/session-news.ts',
      find: '    this.#tellLast(session, reason);',
      replace: '    if (session.number < 0) this.#tellLast(session, reason);',
    },
  ],
};
