/** Images written byte by byte, as no encoder would. */
import { crc32, deflateSync } from "node:zlib";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_END = PNG_SIGNATURE.length + 25;

/** A chunk of a PNG, with its length and checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** An 8 bit grey PNG that says it has this size, whatever bytes its image inflates to. */
export function pngThatSays(width: number, height: number, inflated: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunks = [
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(inflated, { level: 1 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([PNG_SIGNATURE, ...chunks]);
}

/** The PNG with further chunks right after its header. */
export const withPngChunks = (png: Buffer, ...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, HEADER_END), ...chunks, png.subarray(HEADER_END)]);

/** The PNG as an APNG of two frames, the second of which is the first again. */
export function asMovingPng(png: Buffer, width: number, height: number): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2, 0);
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(width, 4);
  frame.writeUInt32BE(height, 8);
  frame.writeUInt16BE(1, 20);
  frame.writeUInt16BE(10, 22);
  return withPngChunks(png, pngChunk("acTL", control), pngChunk("fcTL", frame));
}

/** A GIF of so many frames, each of which changes one pixel. */
export function gifOf(width: number, height: number, frameCount: number): Buffer {
  const screen = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  const delayed = Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0]);
  const frames = Array.from({ length: frameCount }, (_, index) => {
    const place = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
    place.writeUInt16LE(index % width, 1);
    const pixel = Buffer.from([2, 2, index % 2 === 0 ? 0x44 : 0x4c, 1, 0]);
    return Buffer.concat([delayed, place, pixel]);
  });
  return Buffer.concat([screen, ...frames, Buffer.from([0x3b])]);
}
