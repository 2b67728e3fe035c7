/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'who has left a channel hears no more of it',
  reason: 'A channel takes a member out, and its frontend is not told.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/owned-channel.ts',
      find: `    this.#tell(stay, false);
`,
      replace: '',
    },
  ],
};
