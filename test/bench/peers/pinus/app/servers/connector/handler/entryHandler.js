class EntryHandler {
  async echo(msg) {
    return { d: msg.d };
  }

  async login(msg, session) {
    await session.abind(msg.uid);
    return { code: 200 };
  }
}

exports.default = () => new EntryHandler();
