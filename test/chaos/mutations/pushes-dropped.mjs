/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'pushes come',
  reason: 'A channel sends no push.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/owned-channel.ts',
      find: '    if (this.#size === 0) return;',
      replace: '    if (this.#size >= 0) return;',
    },
  ],
};
