class ChatHandler {
  constructor(app) {
    this.channels = app.get('channelService');
  }

  async echo(msg) {
    return { d: msg.d };
  }

  async join(_msg, session) {
    this.channels.getChannel('room', true).add(session.uid, session.frontendId);
    return { code: 200 };
  }

  async shout(msg) {
    this.channels.getChannel('room', true).pushMessage('onShout', { m: msg.m }, {}, () => {});
    return { code: 200 };
  }
}

exports.default = (app) => new ChatHandler(app);
