module.exports = () => ({
  echo(msg, _session, next) {
    next(null, { d: msg.d });
  },

  login(msg, session, next) {
    session.bind(msg.uid, (error) => next(error, { code: 200 }));
  },
});
