/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'no lease is held twice',
  reason:
    'A holder that was paused, or that hears nothing of its master, believes that it has the lease until somebody tells it otherwise.',
  seed: 865758,
  seconds: 10,
  needs: 'pause server chat-1 for 6.2 s',
  edits: [
    {
      file: 'framework/core/src/lease/held-lease.ts',
      find: '    return !this.#ended && this.#options.clock.now() < this.#heldUntil;',
      replace: '    return !this.#ended;',
    },
    {
      file: 'framework/core/src/lease/held-lease.ts',
      find: '    this.#cancelEnd = this.#options.clock.after(left, () => this.#lose(this.#lastFailure));',
      replace: '    this.#cancelEnd = this.#options.clock.after(left, () => {});',
    },
  ],
};
