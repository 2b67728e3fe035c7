/*
 * Names of attributes. Those without `pomelo` are of the semantic conventions of OpenTelemetry, version 1.45:
 * https://github.com/open-telemetry/semantic-conventions/tree/v1.45.0/docs, of which each says the page. What was `rpc.system`, `rpc.service`
 * and `rpc.method` until 1.37 is `rpc.system.name` and a whole `rpc.method` there.
 */

/** Every span of a call or of a message has it: rpc/rpc-spans.md. */
export const rpcSystem = 'rpc.system.name';
/** The route, or the method of the remote, whole: rpc/rpc-spans.md. */
export const rpcMethod = 'rpc.method';
/** What a client has sent as its route, where that is none: rpc/rpc-spans.md. */
export const rpcMethodOriginal = 'rpc.method_original';
/** What stands for a route that a client may have invented: rpc/rpc-spans.md. */
export const otherMethod = '_OTHER';
/** The code of the error that it ended with: rpc/rpc-spans.md. */
export const rpcStatusCode = 'rpc.response.status_code';
/** That code, or how else it ended: general/recording-errors.md. */
export const errorType = 'error.type';
/** Where the called server listens: general/attributes.md. */
export const serverAddress = 'server.address';
export const serverPort = 'server.port';
/** Id of the client's session: general/session.md. */
export const sessionId = 'session.id';
/** Its uid. Personal data, says the page, so only with `tracing.uids`: registry/attributes/enduser.md. */
export const endUserId = 'enduser.id';
/** What sends a push: messaging/messaging-spans.md. */
export const messagingSystem = 'messaging.system';
export const messagingOperation = 'messaging.operation.name';
export const messagingOperationType = 'messaging.operation.type';
/** The channel, or the type of the frontends: messaging/messaging-spans.md. */
export const messagingDestination = 'messaging.destination.name';

/** Whether the span was made when its work had ended. */
export const kept = 'pomelo.kept';

/** The route of the request, or of the push. */
export const route = 'pomelo.route';
/** The server whose span it is, as several may be of one process. */
export const ownId = 'pomelo.server.id';
export const ownType = 'pomelo.server.type';
/** The server that is called, or that calls. */
export const peerId = 'pomelo.peer.id';
export const peerType = 'pomelo.peer.type';
/** What the push was for: `channel`, `list` or `all`. */
export const pushKind = 'pomelo.push.kind';
export const pushMembers = 'pomelo.push.members';
export const pushFrontends = 'pomelo.push.frontends';
export const pushFailed = 'pomelo.push.failed_frontends';
export const pushDelivered = 'pomelo.push.delivered';

/** The name of this system in the attributes that ask for one. */
export const system = 'pomelo';
