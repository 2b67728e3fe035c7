export default class GateHandler {
  /** @param {{ d: string }} msg */
  echo(msg) {
    return { d: msg.d };
  }
}
