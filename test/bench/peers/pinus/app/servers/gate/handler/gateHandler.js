class GateHandler {
  async echo(msg) {
    return { d: msg.d };
  }
}

exports.default = () => new GateHandler();
