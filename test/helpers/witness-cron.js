const now = () => Number(process.hrtime.bigint() / 1000n);
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

export default (app) => ({
  /** Works for longer than the time to its next run, and asks before each step, as long work has to: a pause may outlive the lease. */
  async work(run) {
    const from = now();
    run.ensureHeld();
    let to = from;
    try {
      while (to < from + 1_300_000) {
        await pause();
        const at = now();
        run.ensureHeld();
        to = at;
      }
    } finally {
      app.note('ran', { token: run.token, from, to });
    }
  },
});
