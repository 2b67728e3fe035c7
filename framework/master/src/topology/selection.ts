/** Which servers an operation means; without any list, all. An operator's list has a name in it at least. */
export interface Selection {
  readonly ids?: readonly string[];
  readonly types?: readonly string[];
  readonly hosts?: readonly string[];
}
