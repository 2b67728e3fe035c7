/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'every client plays',
  reason: 'A frontend takes a backend that was started again for the one that knew its sessions.',
  seed: 1959,
  seconds: 4,
  needs: 'kill server chat-2',
  edits: [
    {
      file: 'framework/core/src/forward/forwarder.ts',
      find: `  if (!seen?.connection) return false;
  return seen.connection === peer.connection && seen.version === session.version;`,
      replace: '  return seen?.version === session.version;',
    },
  ],
};
