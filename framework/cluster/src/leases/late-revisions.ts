import { RevisionFile, type RevisionFileOptions, type RevisionSource } from '../coordination/revisions.js';

/** Revisions of a file that is not there before the first one is wanted: a game without leases leaves none behind. */
export function lateRevisions(options: RevisionFileOptions): RevisionSource {
  let file: RevisionFile | undefined;
  return {
    next: () => {
      file ??= new RevisionFile(options);
      return file.next();
    },
  };
}
