// Texts that many artifacts are kept with until they are written: packed, because dashboards of many services are large and alike.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Artifact } from './artifact.ts';
import { leaveBehind } from './small-memory.ts';

/** Shorter ones are kept as they are. */
const WORTH_PACKING = 16_384;
/** Half the time of deflating, and smaller. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Gives the text again, each time; what it keeps meanwhile is a twentieth of a dashboard. */
export function packText(text: string): () => string {
  if (text.length < WORTH_PACKING) return () => text;
  leaveBehind(constants.Z_DEFAULT_CHUNK);
  // A copy, because what packing returns lies in a much larger piece of memory.
  return unpackerOf(new Uint8Array(zstdCompressSync(text, FAST)), Buffer.byteLength(text));
}

/** By itself, because a function keeps all that the functions beside it use: here the text would be. */
function unpackerOf(packed: Uint8Array, bytes: number): () => string {
  return () => {
    leaveBehind(bytes);
    // In one piece of just the right size; otherwise it would be put together from larger ones.
    return zstdDecompressSync(packed, { chunkSize: bytes }).toString('utf8');
  };
}

/** The same artifact, whose text is unpacked when somebody reads it. */
export function packArtifact({ path, kind, sources, text }: Artifact): Artifact {
  const unpack = packText(text);
  return {
    path,
    kind,
    sources,
    get text() {
      return unpack();
    },
  };
}
