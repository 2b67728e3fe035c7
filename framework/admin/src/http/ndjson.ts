/** Bytes that may wait for a reader before what can wait does. */
const mostWaitingBytes = 64 * 1024;

type Tell = (line: object) => void;
type WhenRead = (say: () => void) => void;

/** An answer of lines of JSON, each sent as soon as it is told. It ends when `work` does; what is told to one who is gone is for nobody. */
export function ndjson(work: (tell: Tell, whenRead: WhenRead) => Promise<void>): Response {
  const encoder = new TextEncoder();
  let waiting: (() => void) | undefined;
  let over = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const tell: Tell = (line) => {
          if (!over) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        };
        const whenRead: WhenRead = (say) => {
          if (over) return;
          if ((controller.desiredSize ?? 0) > 0) say();
          else waiting = say;
        };
        void work(tell, whenRead).finally(() => {
          if (!over) controller.close();
          over = true;
        });
      },
      pull() {
        const say = waiting;
        waiting = undefined;
        say?.();
      },
      cancel() {
        over = true;
        waiting = undefined;
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  );
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
}
