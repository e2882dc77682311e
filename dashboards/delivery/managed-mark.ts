// The mark of dashboards that Ninefold brought to Grafana: only what carries it is ever changed or deleted.
import { type JsonObject, listOf } from '../lint/json-reader.ts';

/** A tag, because every version of Grafana keeps tags, shows them and searches by them; labels it may ignore. */
export const MANAGED_TAG = 'managed-by-ninefold';

/** The dashboard with the mark, in any format. */
export function withMark(spec: JsonObject): JsonObject {
  return hasMark(spec) ? spec : { ...spec, tags: [...listOf(spec['tags']), MANAGED_TAG] };
}

export function hasMark(spec: JsonObject): boolean {
  return listOf(spec['tags']).includes(MANAGED_TAG);
}

export function withoutMark(spec: JsonObject): JsonObject {
  if (!hasMark(spec)) return spec;
  return { ...spec, tags: listOf(spec['tags']).filter((tag) => tag !== MANAGED_TAG) };
}
