// A number that looks random and is always the same for a text: what spreads checks over time, and shortens names.

/** 32 bits, spread evenly also for texts that differ in one letter. Not for secrets. */
export function textHash(text: string): number {
  // FNV-1a, and the finalizer of MurmurHash3: without it texts that differ at their end only would lie side by side.
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85_eb_ca_6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2_b2_ae_35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
