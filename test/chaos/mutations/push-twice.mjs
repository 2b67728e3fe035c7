/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'pushes come once',
  reason: 'A frontend gives each push of a channel to its clients two times.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/push-receiver.ts',
      find: `    mirror.forEachSession(except, (session) => {
      if (this.#give(session, push)) delivered++;
    });`,
      replace: `    mirror.forEachSession(except, (session) => {
      this.#give(session, push);
      if (this.#give(session, push)) delivered++;
    });`,
    },
  ],
};
