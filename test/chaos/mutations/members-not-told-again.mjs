/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'everybody hears everybody in the room',
  reason: 'A frontend whose connection to the owner of a channel was broken is not told its members again.',
  seed: 207,
  seconds: 4,
  needs: 'cut between on host 3 and 1 for 7.4 s',
  edits: [
    {
      file: 'framework/core/src/channel/owned-channel.ts',
      find: '    for (const stay of this.#frontends.get(frontendId)?.values() ?? []) this.#tell(stay, true);',
      replace:
        '    for (const stay of this.#frontends.get(frontendId)?.values() ?? []) if (stay.stamp < 0) this.#tell(stay, true);',
    },
  ],
};
