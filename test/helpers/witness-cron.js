const now = () => Number(process.hrtime.bigint() / 1000n);

export default (app) => ({
  /** Works for longer than the time to its next run. */
  async work(run) {
    const from = now();
    await new Promise((resolve) => setTimeout(resolve, 1300));
    app.note('ran', { token: run.token, from, to: now(), lost: run.signal.aborted });
  },
});
