/** @type {import("../mutation.js").Mutation} */
export default {
  promise: 'membership is who is connected',
  reason: 'The owner of a channel is not told that a member has ended.',
  seed: 69,
  seconds: 3,
  needs: 'kill server connector-1',
  edits: [
    {
      file: 'framework/core/src/channel/push-receiver.ts',
      find: '    if (stamp !== undefined) this.#owners.tellMemberLeft(mirror.ownerId, mirror.number, member, stamp);',
      replace:
        '    if (stamp === -1) this.#owners.tellMemberLeft(mirror.ownerId, mirror.number, member, stamp);',
    },
  ],
};
