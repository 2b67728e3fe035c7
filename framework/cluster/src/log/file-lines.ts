import type { FileHandle } from 'node:fs/promises';

/** A place in a log that is found again after the file was rotated: how far it is, and the bytes just before it. */
export interface LogPosition {
  readonly offset: number;
  /** Base64. */
  readonly before: string;
}

/** How many bytes before a place tell that it is the same one. */
const markBytes = 64;

/** How a place is found again. */
export async function positionAt(file: FileHandle, offset: number): Promise<LogPosition> {
  const length = Math.min(markBytes, offset);
  return { offset, before: (await bytesAt(file, offset - length, length)).toString('base64') };
}

/** Whether this file has at that place what was there. */
export async function isAt(
  file: FileHandle,
  size: number,
  { offset, before }: LogPosition,
): Promise<boolean> {
  if (offset > size) return false;
  const expected = Buffer.from(before, 'base64');
  return expected.equals(await bytesAt(file, offset - expected.length, expected.length));
}

/** Fewer when the file has become shorter meanwhile. */
export async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(
    Buffer.alloc(Math.max(0, length)),
    0,
    Math.max(0, length),
    Math.max(0, offset),
  );
  return buffer.subarray(0, bytesRead);
}

/** A line in what was read of a file. */
export interface Line {
  readonly text: string;
  readonly begin: number;
  /** Behind its line end. */
  readonly end: number;
}

/** Whole lines. */
export function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = [];
  for (let begin = 0; ; ) {
    const end = bytes.indexOf(10, begin);
    if (end < 0) return lines;
    lines.push({ text: bytes.toString('utf8', begin, end), begin, end: end + 1 });
    begin = end + 1;
  }
}
