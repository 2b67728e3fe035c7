module.exports = (app) => {
  const channels = app.get('channelService');
  return {
    echo(msg, _session, next) {
      next(null, { d: msg.d });
    },

    join(_msg, session, next) {
      channels.getChannel('room', true).add(session.uid, session.frontendId);
      next(null, { code: 200 });
    },

    shout(msg, _session, next) {
      channels.getChannel('room', true).pushMessage('onShout', { m: msg.m }, () => {});
      next(null, { code: 200 });
    },
  };
};
