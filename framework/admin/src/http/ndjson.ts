/** Bytes that may wait for a reader before what can wait does. */
const mostWaitingBytes = 64 * 1024;

/** There is an empty line at least each so many seconds, so that whoever waits can tell work that takes long from a master that is gone. */
const aliveSeconds = 3;

const headers = {
  'content-type': 'application/x-ndjson',
  'x-alive-seconds': String(aliveSeconds),
  'x-accel-buffering': 'no', // a proxy before it that keeps lines back would keep those back, too
};

type Tell = (line: object) => void;
type WhenRead = (say: () => void) => void;

/** An answer of lines of JSON, each sent as soon as it is told, and empty ones that tell that it goes on. It ends when `work` does; what is told to one who is gone is for nobody. */
export function ndjson(work: (tell: Tell, whenRead: WhenRead) => Promise<void>): Response {
  const encoder = new TextEncoder();
  let waiting: (() => void) | undefined;
  let over = false;
  let life: NodeJS.Timeout | undefined;
  const end = () => {
    over = true;
    clearInterval(life);
  };
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
        // whoever does not read what there is needs no sign of life
        const beat = () => (controller.desiredSize ?? 0) > 0 && controller.enqueue(encoder.encode('\n'));
        life = setInterval(beat, aliveSeconds * 1000);
        void work(tell, whenRead).finally(() => {
          if (!over) controller.close();
          end();
        });
      },
      pull() {
        const say = waiting;
        waiting = undefined;
        say?.();
      },
      cancel() {
        end();
        waiting = undefined;
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  );
  return new Response(stream, { headers });
}
