// An SLO instance: one budget. An ungrouped SLO has one; a grouped SLO has one for each label set.

/** Label names and values, in any order. */
export type Labels = Readonly<Record<string, string>>;

/** `service/name`, or `service/name{a="x",b="y"}` with sorted labels and JSON-quoted values. */
export type InstanceId = string;

/** The value that every label of the shared budget past a grouping's limit carries. */
export const OTHER_GROUPS = '__other__';

/** The id of an SLO's instance for a label set; no labels gives the SLO's own id. */
export function instanceId(sloId: string, labels: Labels = {}): InstanceId {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return sloId;
  return `${sloId}{${names.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(',')}}`;
}

/** The SLO id and the labels of an instance id. @throws RangeError when the text is not one. */
export function parseInstanceId(id: InstanceId): {
  readonly sloId: string;
  readonly labels: Labels;
} {
  const brace = id.indexOf('{');
  if (brace < 0) return { sloId: id, labels: {} };
  const labels: Record<string, string> = {};
  const pair = /([^={}",]+)=("(?:[^"\\]|\\.)*")([,}])/y;
  pair.lastIndex = brace + 1;
  for (;;) {
    const match = pair.exec(id);
    if (match === null) throw new RangeError(`not an instance id: ${id}`);
    labels[match[1] ?? ''] = JSON.parse(match[2] ?? '""') as string;
    if (match[3] === '}') break;
  }
  return { sloId: id.slice(0, brace), labels };
}
