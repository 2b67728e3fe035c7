/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'what is said stays in its room',
  reason: 'A frontend gives a push of one channel to all its clients.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/push-receiver.ts',
      find: `    mirror.forEachSession(except, (session) => {
      if (this.#give(session, push)) delivered++;
    });`,
      replace: `    for (const session of this.#sessions.all()) {
      if (session.uid !== undefined && except?.has(keyOf({ uid: session.uid }))) continue;
      if (this.#give(session, push)) delivered++;
    }`,
    },
  ],
};
