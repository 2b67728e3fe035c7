/** Bytes that may wait for a reader before what can wait does. */
const mostWaitingBytes = 64 * 1024;

type Tell = (line: object) => void;
type WhenRead = (say: () => void) => void;

/** An answer of lines of JSON, each sent as soon as it is told. It ends when `work` does. */
export function ndjson(work: (tell: Tell, whenRead: WhenRead) => Promise<void>): Response {
  const encoder = new TextEncoder();
  let waiting: (() => void) | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let over = false;
        const tell: Tell = (line) => {
          if (!over) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
        };
        const whenRead: WhenRead = (say) => {
          if ((controller.desiredSize ?? 0) > 0) say();
          else waiting = say;
        };
        void work(tell, whenRead).finally(() => {
          over = true;
          try {
            controller.close();
          } catch {
            // whoever asked is gone
          }
        });
      },
      pull() {
        const say = waiting;
        waiting = undefined;
        say?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  );
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } });
}
