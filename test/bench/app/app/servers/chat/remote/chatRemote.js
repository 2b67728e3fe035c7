export default class ChatRemote {
  /** @param {{ uid: string, n: number, s: string }} value */
  echo(value) {
    return value;
  }
}
