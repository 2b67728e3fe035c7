/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'stop leaves nothing behind',
  reason: 'The end of the game leaves its gates out.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/master/src/supervisor.ts',
      find: '    for (const tier of tiersOf(running).reverse()) {',
      replace: '    for (const tier of tiersOf(running).reverse().slice(1)) {',
    },
  ],
};
