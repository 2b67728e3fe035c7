/** Which code is tried: what this type of server runs. */
export interface CodeTrial {
  readonly appDir: string;
  readonly type: string;
}

/*
 * What a process that tries code says when all of it has loaded, and where: by code 0 alone it could not be told from one whose
 * code has ended it.
 */
export const loadedFd = 3;
export const loadedWord = 'loaded';
