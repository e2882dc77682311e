// Plain data as YAML text, byte for byte the same each time, that parsers of YAML 1.1 and 1.2 read alike.

/** What can be written. Properties that are undefined are left out. */
export type YamlData =
  | string
  | number
  | boolean
  | readonly YamlData[]
  | { readonly [name: string]: YamlData | undefined };

/**
 * A document in block style, two spaces a level, properties in the order given, ended by one line end.
 * Text stands bare only when no parser can take it for something else.
 */
export function writeYaml(data: YamlData): string {
  const lines: string[] = [];
  writeNode(data, '', '', lines);
  return `${lines.join('\n')}\n`;
}

/** Writes a node whose first line begins with `lead` (`name: ` or `- `) and whose other lines are indented by `indent`. */
function writeNode(data: YamlData, lead: string, indent: string, lines: string[]): void {
  const bare = lead.trimEnd();
  if (Array.isArray(data)) {
    writeList(data as readonly YamlData[], lead, indent, lines);
  } else if (typeof data === 'object') {
    const entries = Object.entries(data).filter(
      (entry): entry is [string, YamlData] => entry[1] !== undefined,
    );
    if (entries.length === 0) lines.push(`${lead}{}`);
    else if (bare.endsWith(':')) lines.push(bare);
    const afterDash = bare.endsWith('-') ? lead : indent;
    for (const [index, [name, value]] of entries.entries())
      writeNode(
        value,
        `${index === 0 ? afterDash : indent}${scalar(name)}: `,
        `${indent}  `,
        lines,
      );
  } else {
    lines.push(`${lead}${typeof data === 'string' ? scalar(data) : String(data)}`);
  }
}

function writeList(list: readonly YamlData[], lead: string, indent: string, lines: string[]): void {
  if (list.length === 0) {
    lines.push(`${lead}[]`);
    return;
  }
  // A list in a list begins on its own line, under a bare dash.
  if (lead.trim() !== '') lines.push(lead.trimEnd());
  for (const each of list) writeNode(each, `${indent}- `, `${indent}  `, lines);
}

const BARE = /^[A-Za-z_](?:[\w./-]|:(?=[\w/]))*$/;
const MEANS_SOMETHING = /^(?:true|false|yes|no|on|off|y|n|null|inf|nan)$/i;
const ONE_LINE = /^[\u0020-\u007E\u00A0-\u2027\u202A-\uD7FF\uE000-\uFEFE]*$/;

function scalar(text: string): string {
  if (BARE.test(text) && !MEANS_SOMETHING.test(text)) return text;
  if (ONE_LINE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  // What is left of Unicode's line ends would end a line in YAML 1.1; JSON escapes are YAML's.
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
