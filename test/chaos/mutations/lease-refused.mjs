/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'somebody holds the lease',
  reason: 'The master gives no lease.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/cluster/src/leases/lease-service.ts',
      find: '    if (waitMs > 0) {',
      replace: '    if (waitMs <= 0) {',
    },
  ],
};
