module.exports = () => ({
  echo(msg, _session, next) {
    next(null, { d: msg.d });
  },
});
