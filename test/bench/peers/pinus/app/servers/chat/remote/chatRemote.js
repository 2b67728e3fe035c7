class ChatRemote {
  async echo(value) {
    return value;
  }
}

exports.default = () => new ChatRemote();
