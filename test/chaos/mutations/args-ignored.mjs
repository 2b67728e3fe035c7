/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'all servers are watched',
  reason:
    'Servers are begun without the arguments of Node that the topology gives them, by which a run knows their processes.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/master/src/processes/spawned-process.ts',
      find: '[process.execPath, ...server.args, bootScript]',
      replace: '[process.execPath, bootScript]',
    },
  ],
};
