/** How long the line after one is waited for, in ms: whoever writes into a pipe may want an answer before they go on. */
const waitMs = 200;

/** Lines as they come, of whoever types them. */
export async function* linesOf(lines: AsyncIterable<string>): AsyncGenerator<[string, undefined]> {
  for await (const line of lines) yield [line, undefined];
}

/** Lines, each with the one after it that is not empty, where that comes soon. */
export async function* linesWithNext(
  lines: AsyncIterable<string>,
): AsyncGenerator<[line: string, following: string | undefined]> {
  const reader = lines[Symbol.asyncIterator]();
  const waiting: string[] = [];
  let reading = reader.next();
  let over = false;
  const read = async (): Promise<void> => {
    const { done, value } = await reading;
    if (done) over = true;
    else {
      waiting.push(value);
      reading = reader.next();
    }
  };
  for (;;) {
    if (waiting.length === 0) await read();
    if (waiting.length === 0) return;
    const line = waiting.shift()!;
    while (!over && waiting.every(isEmpty) && (await isSoon(reading))) await read();
    yield [line, waiting.find((one) => !isEmpty(one))];
  }
}

const isEmpty = (line: string): boolean => line.trim() === '';

function isSoon(reading: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), waitMs);
    const come = () => {
      clearTimeout(timer);
      resolve(true);
    };
    reading.then(come, come);
  });
}
