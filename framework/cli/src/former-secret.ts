/** What ends the time of a secret that was replaced: it goes for good only once the master does without it. */
export const endFormerSecret =
  'mv .pomelo-ts/previous-secret .pomelo-ts/former-secret && pomelo-ts secret reload && rm .pomelo-ts/former-secret';
