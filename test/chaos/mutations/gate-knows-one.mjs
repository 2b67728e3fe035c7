/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'faults are felt',
  reason:
    'The gate sends everybody to one connector, the last one: the one that is ended has no players, and a run in which nobody is cut shows nothing.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/gate.ts',
      find: 'this.#choose(String(uid), ready);',
      replace: 'this.#choose(String(uid), [...ready].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 1));',
    },
  ],
};
