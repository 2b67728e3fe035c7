module.exports = () => ({
  echo(value, done) {
    done(null, value);
  },
});
