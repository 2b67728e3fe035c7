/** The two ends of the RPC measurement as they know each other before they meet. */
export const serverEnd = { id: 'chat-1', bootId: 'bench-chat', type: 'chat' };
export const callerEnd = { id: 'caller-1', bootId: 'bench-caller', type: 'caller' };

/** Known to both through the environment, as in a cluster. */
export const secret = process.env['POMELO_TS_SECRET'] ?? 'a secret for runs by hand';
