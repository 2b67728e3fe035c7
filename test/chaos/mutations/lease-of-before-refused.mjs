/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'the lease is held again',
  reason:
    'A master that was started anew lets nobody go on with a lease, and waits far too long before it gives any.',
  seed: 2181,
  seconds: 4,
  needs: 'kill master 1',
  edits: [
    {
      file: 'framework/cluster/src/leases/lease-service.ts',
      find: '    this.#grantsFrom = this.#clock.now() + options.notes.formerMs;',
      replace: '    this.#grantsFrom = this.#clock.now() + options.notes.formerMs * 1000;',
    },
    {
      file: 'framework/cluster/src/leases/lease-service.ts',
      find: '      else if (this.#clock.now() >= this.#grantsFrom && !this.#isHeldBy(holder, name, token))',
      replace: '      else',
    },
  ],
};
