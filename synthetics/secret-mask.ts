// Hides the values of secrets in everything that a run tells.

/** Shorter values are everywhere, and hiding them would hide nothing. */
const SHORTEST = 3;
const HIDDEN = '(hidden)';

export interface SecretMask {
  /** From now on the value is hidden, also as base64, in JSON and in addresses write it. */
  add(value: string): void;
  text(text: string): string;
  /** A copy of plain data with every text in it masked; property names stay. */
  data<T>(value: T): T;
}

export function createSecretMask(): SecretMask {
  const hidden = new Set<string>();
  let ordered: readonly string[] = [];
  const mask: SecretMask = {
    add(value) {
      if (value.length < SHORTEST) return;
      for (const form of formsOf(value)) if (form.length >= SHORTEST) hidden.add(form);
      // The longest first, so that no part of one is left over.
      ordered = [...hidden].sort((a, b) => b.length - a.length);
    },
    text(text) {
      let result = text;
      for (const each of ordered) result = result.replaceAll(each, HIDDEN);
      return hideCut(result, ordered);
    },
    data: <T>(value: T): T => (hidden.size === 0 ? value : (masked(value) as T)),
  };

  function masked(value: unknown): unknown {
    if (typeof value === 'string') return mask.text(value);
    if (Array.isArray(value)) return value.map(masked);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each)]));
  }

  return mask;
}

/** Texts of runs are cut at a hundred characters or more. */
const SHORTEST_CUT = 100;

/** Hides the beginning of a secret where a text was cut in the middle of it. */
function hideCut(text: string, forms: readonly string[]): string {
  if (text.length < SHORTEST_CUT) return text;
  const [, kept = text, end = ''] = /^([^]*?)(['"]?…?['"]?)$/.exec(text) ?? [];
  const part = forms.reduce((longest, form) => {
    const first = form.charAt(0);
    for (let size = Math.min(form.length - 1, kept.length); size > longest; size -= 1)
      if (kept.charAt(kept.length - size) === first && kept.endsWith(form.slice(0, size)))
        return size;
    return longest;
  }, SHORTEST - 1);
  return part < SHORTEST ? text : `${kept.slice(0, -part)}${HIDDEN}${end}`;
}

/** How a value may come back in an answer. */
function formsOf(value: string): readonly string[] {
  const bytes = new TextEncoder().encode(value);
  const base64 = btoa(String.fromCodePoint(...bytes));
  return [
    value,
    base64,
    base64.replace(/=+$/, ''),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
  ];
}
