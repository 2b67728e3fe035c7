/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'everybody hears everybody in the room',
  reason: 'Of fifty pushes of a channel one is lost for a frontend, without a word.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/owned-channel.ts',
      find: '    for (const frontendId of this.#frontends.keys()) {',
      replace: `    for (const frontendId of this.#frontends.keys()) {
      if (Math.random() < 0.02) continue;`,
    },
  ],
};
