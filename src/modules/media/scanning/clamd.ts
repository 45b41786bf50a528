import { connect, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";

/** Where ClamAV's daemon listens. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What the daemon says of a file. */
export type Finding = { readonly kind: "clean" } | { readonly kind: "harmful"; readonly signature: string };

/** The daemon said nothing of a file: it is not there, too slow, or does not take the file. */
export class NotScanned extends Error {
  override readonly name = "NotScanned";
}

/** More is no answer of the daemon's. */
const LONGEST_ANSWER = 4096;

/**
 * Has ClamAV's daemon look at a file, by its command `INSTREAM`: the bytes go in pieces, each after its length (4 bytes, the
 * most significant first); a piece without bytes is the end; the answer is one line. Only what a piece takes is in memory.
 * @throws NotScanned
 * @see https://docs.clamav.net/manual/Usage/Scanning.html#clamd
 */
export async function scanWithClamd(
  address: ClamdAddress,
  bytes: AsyncIterable<Uint8Array>,
  timeoutMs: number,
): Promise<Finding> {
  const socket = connect(address);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  try {
    const answering = readAnswer(socket);
    // The daemon answers, and reads no further, as soon as a file is too large: not all could be written then.
    const writing = pipeline(framed(bytes), socket, { end: false }).catch(() => undefined);
    const answer = await answering;
    socket.destroy();
    await writing;
    return findingOf(answer);
  } catch (error) {
    if (error instanceof NotScanned) throw error;
    throw new NotScanned(error instanceof Error ? error.message : String(error), { cause: error });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function* framed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from("zINSTREAM\0");
  for await (const piece of bytes) {
    // It would be the end.
    if (piece.byteLength === 0) continue;
    yield lengthOf(piece.byteLength);
    yield piece;
  }
  yield lengthOf(0);
}

function lengthOf(count: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(count);
  return length;
}

async function readAnswer(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    const end = text.indexOf("\0");
    if (end !== -1) return text.slice(0, end);
    if (text.length > LONGEST_ANSWER) break;
  }
  throw new Error("the answer is none of clamd's");
}

function findingOf(answer: string): Finding {
  if (answer === "stream: OK") return { kind: "clean" };
  const signature = /^stream: (.+) FOUND$/.exec(answer)?.[1];
  if (signature !== undefined) return { kind: "harmful", signature };
  throw new NotScanned(answer);
}
