/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'the directory of uids is who is connected',
  reason: 'The home of a uid is not told that its session has ended.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/directory/own-uids.ts',
      find: '    await this.#lineOf(uid)?.tell(uid, sessionId, boundAt, itemKind.drop);',
      replace: '    if (boundAt < 0) await this.#lineOf(uid)?.tell(uid, sessionId, boundAt, itemKind.drop);',
    },
  ],
};
