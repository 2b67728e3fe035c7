import { adminErrors } from './admin-errors.js';
import { type ErrorRow, row } from './row.js';

/**
 * Every error that pomelo-ts itself raises. docs/reference/errors.md explains each; a test ties both together.
 */
export const errorTable = {
  // Configuration
  CONFIG_INVALID: row('The configuration has {count} problem(s):\n{problems}', 422),
  CONFIG_CHANGED: row(
    'The configuration has changed since it was shown: look at it again and apply that.',
    409,
    true,
  ),
  CONFIG_MISSING: row('Expected {file} in {directory}, found none. {cure}'),
  NOT_YOURS: row(
    '{path} belongs to {owner}, and this is run by {user}, who has no right to it: run it as {owner}, such as with sudo -u {owner}.',
  ),
  SECRET_MISSING: row(
    'No cluster secret: expected the environment variable POMELO_TS_SECRET or the file {file} (mode 0600), with a text such as openssl rand -hex 32 gives.',
  ),
  SECRET_FILE_OPEN: row(
    'The secret file {file} has mode {mode}, so others may read it: expected 0600 (chmod 600 {file}).',
  ),
  SECRET_SHORT: row(
    'The secret in {source} has {length} characters: expected at least {least} in the environment {env}, such as those that openssl rand -hex 32 prints.',
  ),
  SECRET_EMPTY: row('The secret file {file} is empty: expected a secret in it, or no such file.'),
  SECRET_FIXED: row(
    'This master has its secret from an environment variable, which it cannot read anew: start this master again with the new one in POMELO_TS_SECRET and the one before in POMELO_TS_PREVIOUS_SECRET; servers run on meanwhile.',
    409,
  ),
  SECRET_ABRUPT: row(
    'Servers that run know none of the secrets that would be taken from now on, so they could not be told: put the one before into {file} (mode 0600), and try again. Nothing has changed.',
    409,
  ),
  SECRET_STILL_SIGNS: row(
    'What is in the coordination store is signed with the former secret, which the master that leads ({leader}) still takes. Nothing has changed here: move .pomelo-ts/former-secret back to .pomelo-ts/previous-secret, have that master do without it first, and then this one.',
    409,
  ),
  SECRET_OTHER: row(
    'The master (pid {pid}) has another secret than this command, which took its own from {source}: {cure}; pomelo-ts kill needs none.',
  ),
  APP_INVALID: row('{file} is not an app: expected {expected}, got {got}.'),
  APP_LOAD_FAILED: row('Loading {file} failed: {reason}'),
  CODE_BROKEN: row('The code does not load: {reason}'),
  CONTRACT_INVALID: row('{file} is not a contract: {path} should be {expected}, but is {got}.'),
  TYPES_UNUSABLE: row('The types of the game give no contract, for {count} reason(s):\n{problems}'),
  DEV_PACKAGE_MISSING: row(
    'pomelo-ts {command} needs a package that only developers install: npm install --save-dev @pomelo-ts/dev',
  ),
  GAME_NAME_INVALID: row('{name} cannot be the name of a game: {why}.'),
  FOLDER_NOT_EMPTY: row(
    '{directory} is not an empty folder: {found}. Choose another one, or add --force, which replaces files of the same names.',
  ),
  ACCEPTOR_UNKNOWN: row(
    '{serverId} has no acceptor {name}: servers.json5 names it under acceptors; known are {known}.',
  ),
  ACCEPTOR_TWICE: row('The acceptor {name} is registered twice: expected each name once.'),
  ACCEPTOR_INVALID: row('The acceptor {name} of {serverId} cannot be made: {reason}'),
  CODEC_MISSING: row(
    'The codec {codec} (rpc.codec in config/settings.json5) needs a package that is not installed: npm install {packages}',
  ),
  CODEC_INVALID: row('The codec {codec} (rpc.codec in config/settings.json5) cannot be used: {reason}'),
  PLUGIN_INVALID: row('{plugin} cannot be used in app.use: {reason}.'),
  INSPECTOR_INVALID: row('The inspector of {kind} cannot be used: {reason}.'),
  TRACING_MISSING: row(
    'tracing is on (tracing in config/settings.json5), which needs a package that is not installed: npm install {package}',
  ),
  TRACING_INVALID: row(
    'tracing is on (tracing in config/settings.json5), but {package} cannot be used: {reason}',
  ),
  PLUGIN_TWICE: row('The plugin {plugin} is used twice: expected each once in app.use.'),
  SHARED_CYCLE: row('What {name} shares cannot be made, as its making asks for itself: {path}.'),
  SHARED_CLOSED: row('{name} was asked for too late: this server has disposed of what its code shares.', 503),
  SHARED_INVALID: row('{name} cannot be shared: {reason}'),
  HOOK_FAILED: row('{hook} of {owner} failed: {reason}'),
  STOP_TIMEOUT: row('{hook} did not end within {ms} ms: all else goes on without it.'),
  HOOK_TIMEOUT: row(
    '{hook} of {owner} did not finish within {ms} ms (lifecycle.timeout in config/settings.json5).',
  ),
  OLD_APP_UNSUPPORTED: row('{what} of an old app has no counterpart: {cure}'),
  MEASURE_INVALID: row('The measure {name} cannot be made: {reason}.'),
  CRON_INVALID: row('The cron {cron} cannot be scheduled: {reason}'),

  // Processes
  HOST_ELSEWHERE: row(
    'Expected hosts of this machine ({own}), where everything in this process has to be:\n{problems}',
    422,
  ),
  SERVER_START_FAILED: row('{serverId} did not start: {reason}'),
  RESTART_REFUSED: row(
    'Nothing was stopped, as the new code does not load on {serverId}:\n{reason}\nMend that; --no-trial leaves out this look, for code that cannot be loaded twice or takes longer.',
    409,
  ),
  RESTART_FAILED: row(
    'The restart has stopped at {serverId}, which {what}: {reason}\n{left}When that is mended, or the former build is back:\n  pomelo-ts restart {rest}',
  ),
  DRAIN_LEAVES_NONE: row(
    'Nothing drains: no other server of type {type} than {ids} takes new work. {why} Leave one out, or start another one first (pomelo-ts add); pomelo-ts drain with --force drains them all the same (force: true in an API).',
    409,
  ),
  SERVER_EXTERNAL: row(
    '{serverId} is marked as external in servers.json, so the master does not start it: pomelo-ts run --server {serverId} on its host does.',
    409,
  ),
  SERVER_START_TIMEOUT: row('{serverId} did not report ready within {ms} ms; its last state was {state}.'),
  PORT_IN_USE: row('{serverId} cannot listen on {host}:{port}: the port is in use{holder}.'),
  PORT_UNUSABLE: row('{serverId} cannot listen on {host}:{port}: {reason}.'),
  ALREADY_RUNNING: row('A master already runs for {directory} (pid {pid}, {host}:{port}).'),
  SERVERS_RUN: row(
    'Nothing was started: {servers} of {directory} {run} already (the master has pid {pid}, {host}:{port}).',
  ),
  DAEMON_FAILED: row('The cluster did not start: {reason}'),
  NO_MASTER: row('No master runs for {directory}{left}.'),
  MASTER_BUSY: row(
    'The master is busy with {operation}: wait for its end, or end everything with pomelo-ts kill.',
    409,
    true,
  ),
  MASTER_UNREACHABLE: row('No master answers at {host}:{port}: {reason}', 500, true),
  MASTER_HANGS: row(
    'The master (pid {pid}) lives but does not answer at {host}:{port}: {reason}. Servers play on meanwhile. If it does not come back, {cure}.',
    500,
    true,
  ),
  MASTER_LEADS: row(
    'A master leads already: {leader}, which acts on {host}. This one has changed nothing. Give commands where that one runs, or stop it there first; several masters need a store that they share (store in config/master.json5).',
    409,
  ),
  SERVERS_ELSEWHERE: row(
    '{servers} on {host} run already, from the folder {folder}. Nothing was touched: they play on. Start the master in that folder, which takes them over, or end them with pomelo-ts kill there (kill and the pid where that folder is gone), and start here then.',
    409,
  ),
  START_UNDER_WAY: row(
    'A start of {directory} is under way (pid {pid}): wait for its end, or end it alone with kill {pid}.',
    409,
    true,
  ),
  NOT_LEADING: row('This master stands by; {leader} leads.', 503, true),
  NO_LEADER: row(
    'No master leads now, but the one at {host}:{port} stands by: it takes over within seconds when the coordination store answers.',
    503,
    true,
  ),
  STORE_PASSWORD_MISSING: row(
    'No password for the user {user} of the coordination store: expected it in {place}.',
  ),
  STORE_FILE_MISSING: row(
    'The coordination store needs {file}, which store.{field} of master.json5 names, and it cannot be read: {reason}',
  ),
  SERVER_NOT_IN_TOPOLOGY: row(
    'There is no server, type or host {name} in the topology; known are: {known}.',
    404,
  ),
  ENV_OTHER: row('The master (pid {pid}) runs in the environment {running}, not in {asked}.'),
  SERVERS_OF_OTHER_ENV: row(
    '{servers} of the environment {running} run here, whose master has ended without them; this would take them over for {asked}. Nothing was touched: they play on. Start with -e {running}, which takes them over, or end them with pomelo-ts kill first.',
    409,
  ),
  KILL_FAILED: row('{name} could not be killed: {reason}'),
  OPERATION_UNKNOWN: row('There is no operation {verb}; known are: {known}.', 404),
  OPERATION_INVALID: row('{verb}: {argument}: expected {expected}, got {got}.', 400),
  PROFILE_UNDER_WAY: row('{serverId} takes a profile already: wait until that is over.', 409, true),
  PROFILE_PAUSES: row(
    '{serverId} has {clients} clients, and a heap snapshot would stop it for about {seconds} s: drain it first, or let them wait: pomelo-ts profile {serverId} --heap --force (heap --force in top, force: true in an API).',
    409,
  ),
  PROFILE_GONE: row('The profile of {serverId} was not fetched in time: take it again.', 404),
  VIEW_INVALID: row('This cannot be shown of {view}: {reason}.', 400),
  VIEWS_FULL: row(
    '{most} already watch views of this master: end some of them, or look once with --once.',
    503,
    true,
  ),
  TRACES_FULL: row(
    'Too many traces of users go on, {own} of them yours: at most {most} do at once, and {mostOfOne} of one who asks. End one, or wait until its time is over.',
    503,
    true,
  ),
  ROLE_LACKING: row(
    '{verb} takes the role {needed}, and this is asked with that of {role}: ask somebody who has it.',
    403,
  ),
  ...adminErrors,
  OPERATION_MISSING: row(
    'There is no operation {id} that is still told of: pomelo-ts operations shows all.',
    404,
  ),
  OPERATION_OVER: row('The operation {id} is over already: it is {state}.', 409),
  OPERATION_ENDED: row(
    'The operation {id} was ended before all was done. Done: {done}. Not done: {left}.',
    409,
  ),
  OPERATION_KEEPS: row('What a {verb} has done cannot be taken back: leave out --take-back.', 409),
  OPERATION_UNSEEN: row(
    '{command} goes on as operation {id}, but the master was lost: {reason}. When one runs, pomelo-ts operations watch {id} shows what becomes of it.',
    503,
    true,
  ),
  COMMAND_FAILED: row('The master did not carry out {command}: {reason}'),
  SERVER_COMMAND_FAILED: row('{serverId} did not carry out {command}: {reason}'),
  SERVER_SILENT: row('{serverId} has not answered ({command}): {reason}', 503),
  LOG_MISSING: row('{serverId} has no log that can be read: {reason}', 404),
  LOG_BUSY: row(
    '{most} wait to read the log of {serverId} already: ask again when they are done.',
    503,
    true,
  ),
  THING_MISSING: row(
    '{serverId} shows no {kind} {id}: it is not there, or the game has no inspector of that kind.',
    404,
  ),
  LOG_FILTER_INVALID: row('This cannot be looked for in logs: {reason}.', 400),
  RELOAD_BREAKS: row(
    'The new code breaks {count} promise(s) of the contract (config/contract.json):\n{problems}',
    409,
  ),
  RELOAD_FAILED: row('{serverId} {what} {when}. {next}'),
  RELOAD_LATE: row(
    'The changed code had not loaded within {seconds} s: it was given up, and the former code runs on.',
    503,
  ),
  RELOAD_TAKEN_BACK: row(
    '{serverId} runs its former code again: {count} error(s) came with the new one ({what}), where {usual} are usual. No other server got it. Its log tells which: pomelo-ts logs {serverId} --grep error',
  ),

  SERVER_RUNS_ALREADY: row(
    '{serverId} runs on {host} already (pid {pid}, boot id {bootId}): expected it to be stopped. With restart-force it is ended by itself; pomelo-ts kill ends it now.',
  ),
  TERM_OVER: row(
    '{host} does not start {serverId}: the term {term} of this master is over, a master of term {later} has acted there. If no other master leads, a clock was ahead when that one began: remove {file} on {host}, and start again.',
  ),

  // Hosts
  HOSTS_UNUSABLE: row('{count} host(s) cannot be used, so nothing was started:\n{problems}', 409),
  HOST_UNREACHABLE: row('{host} cannot be reached over SSH at {address}: {reason}. {cure}', 503, true),
  HOST_CLAIMED: row(
    '{host} says that {claim}. Nothing proves it, so that host alone is left out, until it says so no more. If it is true, give commands there; if not, look at {host} as one that somebody has taken over.',
    409,
    true,
  ),
  HOST_LOST: row('The SSH connection to {host} was lost: {reason}.', 503, true),
  HOST_FAILED: row('{host} said: {reason}'),
  HOST_KEY_UNKNOWN: row(
    'The SSH key of {host} is not known: expected it in {file}, got {fingerprint} ({type}). If the host itself shows the same fingerprint, add it:\n  {command}',
  ),
  HOST_KEY_CHANGED: row(
    '{host} shows another SSH key than before: expected the one in {at}, got {fingerprint} ({type}). Somebody may listen in. If the host was installed anew, put its new key in place of the old one:\n  {command}',
  ),
  HOST_KEY_REVOKED: row('{host} shows an SSH key that {at} revokes: {fingerprint} ({type}).'),
  SSH_SIGN_IN_FAILED: row(
    '{host} does not let {user} in: tried {tried}. To have it let a key in:\n  {command}',
  ),
  SSH_KEY_UNUSABLE: row('The private key {file} cannot be used for {host}: {reason}. {cure}'),
  SSH_CONFIG_INVALID: row('{file} cannot be read: {reason}'),
  HOST_DIRECTORY_MISSING: row(
    '{host} has no folder {directory}: expected the game at the same path as on the master’s host. Put it there, or name its place with hosts["{host}"].remoteDir in config/master.json5.',
  ),
  HOST_NODE_MISSING: row(
    '{host} has no node: expected it at {path}{orPath}. Install Node there, or name its place with hosts["{host}"].node in config/master.json5.',
  ),
  HOST_NODE_OLD: row('{host} has Node {version} at {path}: expected {expected}. Install that there.'),
  HOST_FRAMEWORK_MISSING: row(
    '{host} has no pomelo-ts at {path}: {reason}. Install the dependencies of the game there, as on the master’s host (npm ci).',
  ),
  MASTER_HIDDEN: row(
    'Servers on {host} cannot find the master, which listens at {masterHost}: {reason}. Expected an address of the master’s host that they see as host in config/master.json5.',
  ),
  CPU_UNUSABLE: row('{serverId} cannot run on the cores {cpu} of {host}: {reason}.', 422),
  ARGS_UNUSABLE: row(
    'The args of {serverIds} name files that are not on {host}:\n{problems}\nPut them there as on the master’s host, or mend args in servers.json.',
    422,
  ),
  HOST_BUILD_OTHER: row(
    '{host} has the build {got} in {directory}: expected {expected}, as on the master’s host. Put the same code there.',
  ),
  HOST_AGENT_FAILED: row('{host} could not be made ready: {reason}.'),

  // Link
  LINK_REFUSED: row('The master refused the link of {serverId}: {reason}'),
  LINK_UNREAD: row('{peer} does not read what it is sent: {bytes} bytes wait for it, so the link was closed'),
  LINK_LOST: row('The link to {peer} was lost: {reason}', 500, true),
  PROOF_WRONG: row('{peer} does not know the cluster secret.', 401),
  FRAME_TOO_LARGE: row('A frame of {bytes} bytes came from {peer}; at most {limit} are accepted.'),
  FRAME_INVALID: row('A frame from {peer} cannot be read: {reason}'),

  // Coordination
  STORE_UNREACHABLE: row('The coordination store {store} cannot be reached: {reason}', 503, true),
  STORE_FORGED: row(
    'The value of {key} in the coordination store {store} was not written by a master of this cluster: {reason}. See who may write there, delete it (etcdctl del {key}), and start the masters again; servers run on meanwhile.',
  ),
  STORE_SECRET_OTHER: row(
    'The value of {key} in the coordination store {store} is signed with another secret than this process has: give it the secret that the masters have now (.pomelo-ts/secret), and while that is being replaced the one before as well (.pomelo-ts/previous-secret), which may lie here, or on another host of a master, as .pomelo-ts/former-secret: move it back. Delete nothing in the store while anybody has that one.',
  ),
  STORE_REFUSED: row('The coordination store {store} refused {what}: {reason}'),

  // Leases and ids
  LEASE_NAME_INVALID: row('{name} cannot be the name of a lease: {reason}.', 400),
  LEASE_TAKEN: row('The lease {name} is held by {holder}.', 409, true),
  LEASE_UNAVAILABLE: row('The lease {name} cannot be had now: {reason}', 503, true),
  LEASE_LOST: row('The lease {name} (token {token}) is lost: {reason}', 409),
  IDS_UNAVAILABLE: row('{serverId} can make no id now: {reason}', 503, true),
  IDS_CLOCK_BACK: row(
    'The clock of {serverId} is {ms} ms behind the last id that was made with its number; at most {most} ms are waited for.',
    503,
    true,
  ),

  // RPC
  RPC_UNKNOWN_SERVER: row('{target} is not in the cluster.', 503, true),
  RPC_NO_SERVER: row('No server of type {type} is ready.', 503, true),
  RPC_REFUSED: row('{target} refused the connection: {reason}', 503, true),
  RPC_TIMEOUT: row('{target} did not answer {method} within {ms} ms.', 504, true),
  SESSIONS_FULL: row(
    '{serverId} takes no more of the sessions of {frontendId}: {count} of them have the room of {limit} bytes.',
    503,
    true,
  ),
  RPC_OVERLOADED: row('{count} calls to {target} are already waiting; the limit is {limit}.', 503, true),
  PEER_LOST: row('{target} went away before it answered {method}.', 503, true),
  REMOTE_THREW: row('{method} on {target} failed: {reason}'),
  RPC_UNKNOWN_METHOD: row('{target} has no remote {method}.', 404),
  RPC_CLOSED: row('This server is stopping; {method} was not called.', 503),
  RPC_UNSERIALIZABLE: row('An argument or answer of {method} cannot be encoded: {reason}'),
  ROUTE_FAILED: row('The route function of {type} failed: {reason}'),

  // Requests of clients
  ROUTE_INVALID: row('{route} is not a route: expected server.handler.method.', 400),
  ROUTE_UNKNOWN: row('There is no route {route}.', 404),
  BODY_INVALID: row('The body of {route} cannot be decoded: {reason}', 400),
  INPUT_INVALID: row('{route} does not take this body: {problems}', 400),
  RATE_LIMITED: row('{route} was sent too often; the next one may come in {ms} ms.', 429, true),
  SERVER_BUSY: row('This server is too busy for {route}: its event loop lags {ms} ms behind.', 503, true),
  REQUEST_TIMEOUT: row('{route} was not answered within {ms} ms.', 504, true),
  REQUEST_QUEUE_FULL: row('{count} requests of this session are already waiting for {route}.', 503, true),
  HANDLER_FAILED: row('{route} failed.', 500),
  ANSWER_INVALID: row('The answer of {route} cannot be encoded: {reason}', 500),

  // Sessions and channels
  SESSION_GONE: row('Session {sessionId} on {frontendId} has ended.', 410),
  SESSION_BOUND: row('Session {sessionId} is already bound to {uid}.', 409),
  DIRECTORY_UNREACHABLE: row('Where {count} uids are could not be asked: {reason}.', 503, true),
  WATCHES_FULL: row('This server watches {limit} uids already.', 503),
  SESSION_TAKEN: row('{uid} is already bound to another session.', 409),
  SETTING_INVALID: row('A session cannot keep this: {reason}'),
  UID_INVALID: row('Expected a uid as a non-empty string or a number, got {got}.', 400),
  NAME_INVALID: row('{name} cannot be the name of {what}: {reason}.', 400),
  CHANNEL_DESTROYED: row('Channel {channel} was destroyed.', 410),
  PUSH_INVALID: row('The push {route} cannot be sent: {reason}'),
  CONNECTOR_MISSING: row('No connector is ready.', 503, true),
} as const satisfies Record<string, ErrorRow>;

/** A code of the table, such as `RPC_TIMEOUT`. */
export type ErrorCode = keyof typeof errorTable;
