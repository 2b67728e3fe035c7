/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'no lease is held twice',
  reason: 'Whoever asks for a lease gets it, and the former holder is told when it extends it.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/cluster/src/leases/lease-service.ts',
      find: "      else if (present) throw new PomeloError('LEASE_TAKEN', { name, holder: present.holder.id });",
      replace: '      else if (present) await this.#end(present);',
    },
  ],
};
