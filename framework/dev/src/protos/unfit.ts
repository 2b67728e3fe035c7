/** Why protobuf cannot carry a body. */
export class Unfit extends Error {
  constructor(path: string, why: string) {
    super(path === '' ? `it ${why}` : `${path} ${why}`);
  }
}
