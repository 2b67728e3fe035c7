import { requestFrame, requestIds } from './frames.mjs';

/**
 * @typedef {object} Lane one request in flight at most: a frame of its own and the ids that belong to it
 * @property {import('./connection.mjs').Connection} connection
 * @property {number} owner index of the connection
 * @property {{ bytes: Buffer, setId: (id: number) => void }} frame
 * @property {number} index
 * @property {number} turn
 * @property {number} id
 * @property {number} begin time that its latency counts from
 */

/**
 * Gives every connection `depth` lanes. A lane's frame is not touched again before its answer has come, so one buffer
 * a lane is enough.
 *
 * @param {import('./connection.mjs').Connection[]} connections
 * @param {object} options
 * @param {number} options.depth divides 128
 * @param {string} options.route
 * @param {string} options.body
 * @param {string} options.answer the only answer that is right
 * @param {(lane: Lane) => void} options.onAnswer
 * @param {(error: Error) => void} options.onError
 * @returns {Lane[]}
 */
export function requestLanes(connections, { depth, route, body, answer, onAnswer, onError }) {
  const expected = Buffer.from(answer);
  return connections.flatMap((connection, owner) => {
    /** @type {Lane[]} */
    const lanes = Array.from({ length: depth }, (_, index) => {
      return { connection, owner, frame: requestFrame(route, body), index, turn: 0, id: 0, begin: 0 };
    });
    let compared = 0;
    connection.onClosed = onError;
    connection.onResponse = (id, data, start, end) => {
      const lane = lanes[id % depth];
      if (lane?.id !== id) return onError(new Error(`an answer with id ${id} that nobody waits for`));
      // Whole bodies are compared for the first answers; after that the length tells an error from an answer.
      if (
        end - start !== expected.length ||
        (compared++ < 100 && data.compare(expected, 0, expected.length, start, end) !== 0)
      ) {
        return onError(new Error(`${route} was answered with ${data.toString('utf8', start, end)}`));
      }
      lane.id = 0;
      onAnswer(lane);
    };
    return lanes;
  });
}

/**
 * @param {Lane} lane
 * @param {number} depth
 * @param {number} begin
 */
export function sendOn(lane, depth, begin) {
  lane.id = requestIds.first + ((lane.turn++ * depth + lane.index) % requestIds.count);
  lane.begin = begin;
  lane.frame.setId(lane.id);
  lane.connection.write(lane.frame.bytes);
}
