import { ask, openClients } from './clients.mjs';
import { requestFrame, requestIds } from './frames.mjs';
import { measured } from './measured.mjs';

/**
 * @typedef {object} BroadcastJob
 * @property {number} port
 * @property {number[]} pids processes whose CPU counts
 * @property {{ login: string, join: string, shout: string }} routes
 * @property {number} members the sender is one of them
 * @property {number} window messages that may be on their way
 * @property {number} warmup deliveries before the measurement
 * @property {number} deliveries deliveries measured
 * @property {number} maxMs no new message is sent after this time
 */

/**
 * One member sends; a message counts as done when every member has it. A connection gets the messages in the order
 * they were sent, so its k-th push is the k-th message.
 *
 * @param {BroadcastJob} job
 */
export async function broadcast(job) {
  const text = 'a line of chat as long as most are, to make 64 with keys';
  const latencies = new Float64Array(Math.max(job.deliveries, job.warmup) + job.members);
  const { connections, close } = await openClients(job.port, job.members);
  const sender = connections[0];
  if (!sender) throw new Error('a broadcast needs a member');
  for (const [index, connection] of connections.entries()) {
    await ask(connection, job.routes.login, { uid: `member-${index}` });
    await ask(connection, job.routes.join, {});
  }
  const frames = Array.from({ length: job.window * 2 }, () =>
    requestFrame(job.routes.shout, JSON.stringify({ m: text })),
  );
  const expectedLength = Buffer.byteLength(JSON.stringify({ m: text }));
  /** @type {number[]} */
  let sentAt = [];
  /** @type {number[]} */
  let arrived = [];
  let delivered = 0;
  let finished = 0;
  let answered = 0;
  let total = 0;
  let deadline = 0;
  let finish = () => {};
  /** @type {(error: Error) => void} */
  let fail = () => {};

  const send = () => {
    const frame = frames[sentAt.length % frames.length];
    frame?.setId(requestIds.first + (sentAt.length % requestIds.count));
    sentAt.push(performance.now());
    if (frame) sender.write(frame.bytes);
  };
  const settle = () => {
    const now = performance.now();
    const more = sentAt.length < total && now < deadline;
    // A frame is used again only when its answer has come, so a message waits for both.
    if (more && sentAt.length - Math.min(finished, answered) < job.window) send();
    else if (!more && finished === sentAt.length && answered === sentAt.length) finish();
  };
  sender.onResponse = (_id, data, start, end) => {
    const body = data.toString('latin1', start, end);
    if (body.includes('"code":') && !body.includes('"code":200')) return fail(new Error(`shout: ${body}`));
    answered++;
    settle();
  };
  for (const connection of connections) {
    let count = 0;
    let run = sentAt;
    connection.onClosed = (error) => fail(error);
    connection.onPush = (data, start, end) => {
      if (end - start !== expectedLength) {
        return fail(new Error(`a push with the body ${data.toString('utf8', start, end)}`));
      }
      if (run !== sentAt) {
        run = sentAt;
        count = 0;
      }
      const index = count++;
      latencies[delivered++] = performance.now() - /** @type {number} */ (sentAt[index]);
      arrived[index] = (arrived[index] ?? 0) + 1;
      if (arrived[index] === connections.length) {
        finished++;
        settle();
      }
    };
  }

  /** @param {number} deliveries @returns {Promise<number>} */
  const drive = (deliveries) =>
    new Promise((resolve, reject) => {
      const guard = setTimeout(
        () => reject(new Error(`${finished} of ${sentAt.length} arrived`)),
        job.maxMs + 20_000,
      );
      finish = () => {
        clearTimeout(guard);
        resolve(delivered);
      };
      fail = reject;
      sentAt = [];
      arrived = [];
      delivered = 0;
      finished = 0;
      answered = 0;
      total = Math.ceil(deliveries / connections.length);
      deadline = performance.now() + job.maxMs;
      for (let i = 0; i < Math.min(job.window, total); i++) send();
    });

  try {
    await drive(job.warmup);
    return await measured(job.pids, latencies, () => drive(job.deliveries));
  } finally {
    close();
  }
}
