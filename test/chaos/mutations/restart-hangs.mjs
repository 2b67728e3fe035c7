/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'every command ends',
  reason: 'A restart waits for what never comes.',
  seed: 1863,
  seconds: 5,
  needs: 'restart chat-3',
  edits: [
    {
      file: 'framework/master/src/servers/rolling-restart.ts',
      find: '    await this.#supervisor.stop(ids, onProgress);',
      replace: '    await new Promise(() => {});',
    },
  ],
};
