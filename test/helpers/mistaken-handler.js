import { given, hostile, thrown } from '../../../../app.js';

const soon = (fn) => setTimeout(fn, 1);

export default (app) => {
  const gone = () => {
    const channel = app.channels.create('gone');
    channel.destroy();
    return channel;
  };
  const left = {
    /** Promises that nobody waits for. */
    rpc: () => void app.rpc.chat.mistakenRemote.throws(1, 'frozen'),
    rpcToNobody: () => void app.rpc.nobody.remote.method(1),
    deliver: () => void gone().deliver('onGone', {}),
    bind: (session) => void session.bind(''),
    sessionPush: (session) => {
      const kept = {};
      session.set('bad', kept);
      kept.bad = hostile();
      void session.push('bad');
    },
    timer: () => soon(async () => Promise.reject(new Error('of an async timer'))),
    nothing: () => void Promise.reject(),
    hostile: () => void Promise.reject(hostile()),
    listener: (session) => session.onClosed(async () => Promise.reject(new Error('of an async listener'))),
    /** Calls that are refused where nobody can catch it. */
    push: () => soon(() => gone().push('onGone', {})),
    add: (session) => soon(() => gone().add(session)),
    notify: () => soon(() => app.rpc.nobody.remote.method.notify(1)),
    circular: (session) => {
      const channel = app.channels.create('here');
      channel.add(session);
      const body = {};
      body.self = body;
      soon(() => channel.push('onHere', body));
    },
    /** Listeners that throw. */
    onClosed: (session) =>
      session.onClosed(() => {
        throw hostile();
      }),
    onLeave: (session) => {
      const channel = app.channels.create('left');
      channel.add(session);
      channel.onLeave(() => {
        throw hostile();
      });
    },
  };
  return {
    ping: () => ({ pong: process.pid }),
    left: ({ what }, session) => {
      left[what](session);
      return { begun: what };
    },
    throws: ({ what }) => {
      throw thrown[what]();
    },
    rejects: async ({ what }) => {
      throw thrown[what]();
    },
    gives: ({ what }) => given[what](),
    gets: async ({ what, from }) => {
      const { gives, throws } = app.rpc.chat.mistakenRemote;
      try {
        return { got: typeof (await (from === 'gives' ? gives : throws).to(app.server.other)(what)) };
      } catch (error) {
        return { failed: error.code };
      }
    },
    twice: () => ({
      // biome-ignore lint/suspicious/noThenProperty: that is the mistake
      then(resolve, reject) {
        resolve({ first: 1 });
        reject(hostile());
        resolve({ second: 2 });
      },
    }),
    cron: async ({ what }) => {
      app.crons.add({ id: what, time: '0 0 0 1 1 *', action: `mistakenCron.${what}` });
      return { ran: await app.crons.run(what) };
    },
    die: () => {
      soon(() => {
        throw new Error('of a timer');
      });
    },
    exit: () => process.exit(3),
  };
};
