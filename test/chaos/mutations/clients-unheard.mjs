/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'nobody is cut in the calm',
  reason: 'A frontend does not note that it has heard a client, and cuts it as a silent one.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/acceptor/client-connection.ts',
      find: `          this.heardAt = this.#owner.second;
          this.session.receive(bytes, start, end);`,
      replace: '          this.session.receive(bytes, start, end);',
    },
    {
      file: 'framework/core/src/acceptor/client-connection.ts',
      find: `          this.heardAt = this.#owner.second;
          if (this.#owner.heartbeats) this.#beat();`,
      replace: '          if (this.#owner.heartbeats) this.#beat();',
    },
  ],
};
