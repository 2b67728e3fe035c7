import type { MeasureTable } from '@pomelo-ts/common';

/** What becomes of pushes, from the server that makes them to the clients. */
export const pushMeasures = {
  pushes: {
    kind: 'counter',
    name: 'pushes',
    help: 'Pushes that this server has made: to the members of a channel, to listed uids or sessions, or to all.',
    closed: { label: 'kind', values: ['channel', 'list', 'all'] },
  },
  pushFanout: {
    kind: 'histogram',
    name: 'push.fanout',
    help: 'On a frontend: to how many of its clients each push went.',
  },
  pushDropped: {
    kind: 'counter',
    name: 'push.dropped',
    help: 'Pushes dropped, one for each client that reads too slowly or is absent for a while, and for each frontend that they could not be sent to (unsent).',
    closed: { label: 'cause', values: ['slow', 'absent', 'unsent'] },
  },
  channelPushFrames: {
    kind: 'counter',
    name: 'channel.pushFrames',
    help: 'Frames with a push sent to frontends: to the members of a channel, to listed uids, or to all.',
    closed: { label: 'to', values: ['channel', 'list', 'all'] },
  },
  channelUnsentFrames: {
    kind: 'counter',
    name: 'channel.unsentFrames',
    help: 'Frames of channels not sent to a frontend because too much waits for it.',
  },
  channelDelayedNews: {
    kind: 'counter',
    name: 'channel.delayedNews',
    help: 'Words on members of channels that were told later because too much waited.',
  },
  channelFailedListeners: {
    kind: 'counter',
    name: 'channel.failedListeners',
    help: 'Listeners of channels that threw.',
  },
  channels: {
    kind: 'gauge',
    name: 'channels',
    help: 'Channels that this server has, by how many members they have.',
    closed: { label: 'members', values: ['none', 'one', 'below10', 'below100', 'below1000', 'more'] },
  },
  channelMembers: {
    kind: 'gauge',
    name: 'channel.members',
    help: 'Members of all channels of this server together.',
  },
} as const satisfies MeasureTable;
