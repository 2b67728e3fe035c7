import { row } from './row.js';

/** Errors of the admin, its accounts, and what other programs ask it for. */
export const adminErrors = {
  SCOPE_LACKING: row(
    '{verb} was asked for {servers}, which the role {role} is not for: ask somebody who has a wider one.',
    403,
  ),
  AUDIT_UNWRITABLE: row(
    'Nothing was changed, as it could not be written down who asked for it: {folder}: {reason}',
    503,
    true,
  ),
  ACCOUNTS_UNREADABLE: row(
    '{file} cannot be read ({reason}), so nobody is let in: mend it, or move it away and start this master again, which prints a link for a first account.',
    503,
  ),
  ACCOUNTS_UNWRITABLE: row(
    'This counts as not done, as accounts and keys could not be written down for the next master: {reason}. See what they are now, and try again.',
    503,
    true,
  ),
  ACCOUNT_EXISTS: row('There is an account {name} already.', 409),
  ACCOUNT_ALIKE: row(
    'There is an account {other} already, for which people could take {name}: choose a name that looks different.',
    409,
  ),
  ACCOUNT_MISSING: row('There is no account {name}.', 404),
  ACCOUNT_LAST: row(
    'Nothing was changed: nobody would be left who may let others in. Give another account that role first.',
    409,
  ),
  ACCOUNTS_FULL: row('There are {most} accounts already: remove one first.', 409),
  ROLE_UNKNOWN: row('There is no role {role}; known are: {known}.', 400),
  SIGN_IN_REFUSED: row(
    'The name, the password or the code is wrong, or the account lets nobody in now.',
    401,
  ),
  SIGN_IN_LATER: row(
    'Too often something was wrong that came from your address: try again in {seconds} s.',
    429,
    true,
  ),
  SIGN_IN_BUSY: row('Too many sign in at this moment: try again in a few seconds.', 503, true),
  SECOND_FACTOR_NEEDED: row('A code of your authenticator app is needed, too.', 401),
  SECOND_FACTOR_WRONG: row(
    'That code is none of this secret now: look at the clock of the device, and take the next one.',
    400,
  ),
  SECOND_FACTOR_ON: row(
    'This account has a second factor already: an admin can take it away by a new link.',
    409,
  ),
  SECOND_FACTOR_MISSING: row('This account must set up a second factor before all else.', 403),
  SETUP_LINK_OVER: row(
    'This link is over: it is good for an hour, and once. An admin makes another one: pomelo-ts account link.',
    401,
  ),
  PASSWORD_WEAK: row(
    'Expected a password of {least} to {most} characters, five different ones at least, without the name of the account.',
    400,
  ),
  NOT_SIGNED_IN: row('Sign in first.', 401),
  SESSION_IDLE: row('You were signed out, as nothing was done for {minutes} minutes: sign in again.', 401),
  SESSION_EXPIRED: row('You were signed out, as a session lasts 12 hours at most: sign in again.', 401),
  SESSION_ENDED: row(
    'Your session was ended: you signed out, your account was changed, an admin ended it, or you have begun many others.',
    401,
  ),
  APPROVAL_PERSON: row(
    '{verb} takes two persons who have signed in to the page, and no key: one asks for it, another one approves it.',
    403,
  ),
  APPROVAL_OWN: row('You have asked for {id} yourself: another person must approve it.', 403),
  APPROVAL_MISSING: row(
    'No change waits under {id}: somebody has decided about it, its time was over, or whoever asked has left.',
    404,
  ),
  APPROVAL_REFUSED: row('{verb} ({id}) was not carried out: {by} refused it: {reason}', 403),
  APPROVAL_EXPIRED: row(
    '{verb} ({id}) was not carried out: no second person approved it within {minutes} min.',
    409,
  ),
  PROOF_NEEDED: row('Prove once more who you are: this asks for it after ten minutes.', 403),
  OIDC_OFF: row('Nobody signs in at a provider here: master.json5 has no admin.oidc.', 404),
  OIDC_OVER: row(
    'This sign-in is over: it is good once, for {minutes} minutes, and in the browser that has begun it. Begin again.',
    400,
  ),
  OIDC_UNREACHABLE: row(
    'The provider {issuer} cannot be asked now ({reason}): try again, or sign in by an account of this admin.',
    502,
    true,
  ),
  OIDC_REFUSED: row('The provider {issuer} has not proved who you are: {reason}', 403),
  OIDC_NO_ROLE: row(
    '{name} may do nothing here: none of their groups has a role in admin.oidc.roles of master.json5.',
    403,
  ),
  OIDC_FACTOR: row(
    'The provider has let you in by less than is asked for here: expected {claim} with {expected}, got {got}. Sign in there with a second factor.',
    403,
  ),
  OIDC_OTHER: row(
    'The provider has proved {name}, but this session is of {owner}: sign out here first, or prove the other one.',
    403,
  ),
  OIDC_PROVES: row(
    'You have signed in at a provider: prove who you are there, as neither a password nor a second factor of yours is kept here.',
    409,
  ),
  OIDC_SECRET_MISSING: row(
    'The secret of the client for admin.oidc cannot be read from {place}: {reason}.',
    503,
  ),
  KEY_REFUSED: row('This key is none, has run out, or was revoked.', 401),
  KEY_RATE: row(
    '{rate} requests a second are taken from one key or session, and no more: try again later.',
    429,
    true,
  ),
  KEY_MISSING: row('There is no key {id}.', 404),
  REMOTE_URL_INVALID: row(
    'Expected --master as the address of an admin, such as https://admin.example.com, got {value}: {reason}.',
  ),
  REMOTE_KEY_MISSING: row('Expected a key for {url}, but {where}: pomelo-ts key create makes one, there.'),
  REMOTE_UNREACHABLE: row('No admin answers at {url}: {reason}.'),
  KEYS_FULL: row('There are {most} keys already: revoke one first.', 409),
  PUSH_UNSENT: row('No server is ready that could send a push.', 503, true),
  PUSH_BUSY: row('{most} pushes wait for {serverId} already: push more slowly.', 503, true),
  BLACKLIST_INVALID: row('{network} cannot be on the blacklist: {reason}', 400),
  BLACKLIST_OWN: row(
    '{network} has frontends of this cluster in it: {servers}. They would not be let in when they probe whether what is sent to players arrives, and the alarm of that would go off. Expected a network without them, or --force.',
    409,
  ),
  BLACKLIST_MISSING: row('{network} is not on the blacklist{hint}', 404),
  BLACKLIST_FULL: row(
    'Nothing was changed: the blacklist takes {most} networks, and {mebibytes} MiB with their reasons. Put wider networks there, or take off what is over.',
    409,
  ),
  BLACKLIST_UNWRITABLE: row(
    'Nothing was changed, as the blacklist could not be written down for the next master: {reason}',
    503,
    true,
  ),
  REMOTE_NOWHERE: row('There is {which} of the type {type} that is ready, to call {method} on.', 404),
  REMOTE_FAILED: row('{method} failed on {serverId} ({code}): {reason}', 502),
  REMOTE_ANSWER_LONG: row('Its answer has {length} characters as JSON; {most} are told.', 413),
  EVAL_OFF: row(
    'No code is carried out here: outside development that is for master.json to say, with allowEval: true, and pomelo-ts config reload.',
    403,
  ),
  PUSH_REFUSED: row('The push was not sent: {reason}', 400),
  IDEMPOTENCY_OTHER: row('The key {key} was used for another request within the last ten minutes.', 422),
  REQUEST_MALFORMED: row('The body of the request is not what was expected: {expected}.', 400),
  REQUEST_LARGE: row('The body of the request has more than {most} bytes.', 413),
  ORIGIN_REFUSED: row(
    'The admin takes this from its own page alone, or with the header {header} and no origin of another page: {problem}.',
    403,
  ),
  ROUTE_MISSING: row('There is nothing here: /api/v1/openapi.json tells all that there is.', 404),
  FEED_FULL: row('One connection asks for at most {most} things at once.', 429, true),
  FEED_LOOKS: row('{verb} changes something: it is asked for by POST /api/v1/operations/{verb}.', 400),
} as const;
