/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'list and processes agree',
  reason: 'A server that has crashed is not started again.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/master/src/supervisor/server-lives.ts',
      find: '    if (recovers && (autoRestart || restartForce)) this.#restartOrGiveUp(record, clock.now() - begun);',
      replace: `    if (recovers && (autoRestart || restartForce) && begun < 0)
      this.#restartOrGiveUp(record, clock.now() - begun);`,
    },
  ],
};
