// Aliases are followed within bounds: none stands inside its own anchor, and none makes a small text into a huge one.
import type { YamlNode } from '../../../formats/yaml-document.ts';
import type { FindingList } from '../finding.ts';

/** A file that cannot be read to its end. */
export class UnreadableFile extends Error {}

export class AliasGuard {
  readonly #findings: FindingList;
  readonly #active = new Set<YamlNode>();
  #decoded = 0;
  #decodedByAlias = 0;
  #depth = 0;

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  /** What is read behind an alias. @throws UnreadableFile when the alias is being followed already */
  followed<Result>(alias: YamlNode, read: () => Result): Result {
    if (this.#active.has(alias)) {
      this.#findings.error(
        'alias-loop',
        alias,
        'the anchor holds itself',
        'Let no alias stand inside its own anchor.',
      );
      throw new UnreadableFile('alias loop');
    }
    this.#active.add(alias);
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
      this.#active.delete(alias);
    }
  }

  /** Counts a node that is read; the bounds are those of yaml.v2. @throws UnreadableFile beyond them */
  count(node: YamlNode): void {
    this.#decoded += 1;
    if (this.#depth > 0) this.#decodedByAlias += 1;
    if (this.#decodedByAlias <= 100 || this.#decoded <= 1000) return;
    const share = Math.min(Math.max((this.#decoded - 400_000) / 3_600_000, 0), 1);
    if (this.#decodedByAlias / this.#decoded > 0.99 - 0.89 * share) {
      this.#findings.error(
        'excessive-aliases',
        node,
        'the document contains excessive aliasing',
        'Write out what the aliases stand for.',
      );
      throw new UnreadableFile('excessive aliases');
    }
  }
}
