// What of a dashboard people made, without what Grafana writes into it by itself.
import { type JsonObject, listOf, objectOf } from '../lint/json-reader.ts';
import { withoutMark } from './managed-mark.ts';

/** Set by Grafana at each save; `uid` is where the dashboard is, not what it shows. */
const GRAFANAS = ['id', 'uid', 'version', 'iteration', 'gnetId'];

/** The content of a dashboard in any format; two with the same content look the same to their readers. */
export function ownContent(spec: JsonObject): JsonObject {
  const own = Object.fromEntries(
    Object.entries(withoutMark(spec)).filter(([name]) => !GRAFANAS.includes(name)),
  );
  return { ...own, annotations: ownAnnotations(spec['annotations']) };
}

/** Grafana adds its own annotations to a dashboard when somebody saves it. */
function ownAnnotations(annotations: unknown): unknown {
  const isOwn = (each: unknown): boolean => {
    const { builtIn, spec } = objectOf(each);
    return builtIn !== 1 && builtIn !== true && objectOf(spec)['builtIn'] !== true;
  };
  if (Array.isArray(annotations)) return annotations.filter(isOwn);
  return { ...objectOf(annotations), list: listOf(objectOf(annotations)['list']).filter(isOwn) };
}
