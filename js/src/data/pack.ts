/**
 * How do a header and typed arrays travel as one piece of bytes?
 *
 *   "nbt1" | uint32 LE: header length h | header, JSON in UTF-8 | zeros up to a multiple of 8 | arrays, each at a multiple of 8
 *
 * `header.arrays` lists [type, offset from the first array, length in elements]. The whole may be deflated (zlib), which
 * its first byte 0x78 tells. nbtrack/dashboard/wire.py writes the same.
 */

export type TypedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

const TYPES = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array } as const;

export interface Pack<Header> {
  header: Header;
  arrays: TypedArray[];
}

interface Listed {
  arrays: [keyof typeof TYPES, number, number][];
}

/** Rejects bytes that are no pack: `not a pack`. */
export async function unpack<Header>(bytes: DataView | Uint8Array): Promise<Pack<Header>> {
  let raw = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  if (raw[0] === 0x78) raw = await inflate(raw);
  if (String.fromCharCode(...raw.subarray(0, 4)) !== "nbt1") throw new Error("not a pack");
  const headerLength = new DataView(raw.buffer, raw.byteOffset).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(raw.subarray(8, 8 + headerLength))) as Header & Listed;
  const first = raw.byteOffset + ((8 + headerLength + 7) & ~7);
  const arrays = header.arrays.map(([type, offset, length]) => {
    const Array = TYPES[type];
    const start = first + offset;
    // Typed arrays want aligned starts; a buffer that came unaligned off the wire is copied.
    if (start % Array.BYTES_PER_ELEMENT === 0) return new Array(raw.buffer, start, length);
    return new Array(raw.buffer.slice(start, start + length * Array.BYTES_PER_ELEMENT), 0, length);
  });
  return { header, arrays };
}

async function inflate(raw: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
