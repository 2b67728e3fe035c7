export default (app) => ({
  call: (from, n) => app.note('delivered', { what: `call ${from} ${n}` }),
  tell: (from, n) => app.note('delivered', { what: `notify ${from} ${n}` }),
  /** Never answers. */
  hold: () => new Promise(() => {}),
});
