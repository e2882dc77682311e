// The index beside the generated dashboards: which there are, in which folders they belong, and in which files they are.
import { listOf, objectOf, textOf } from '../lint/json-reader.ts';
import { readBoundedJson } from '../lint/bounded-json.ts';
import { LONGEST_UID } from '../../slo/names.ts';
import type { DashboardFormat, PlacedDashboard, PlacedFolder } from './placed-dashboard.ts';

export interface IndexedDashboard {
  readonly uid: string;
  readonly folderUid: string;
  /** Of each format, relative to the index. */
  readonly files: Readonly<Record<DashboardFormat, string>>;
}

export interface DeliveryIndex {
  readonly folders: readonly PlacedFolder[];
  readonly dashboards: readonly IndexedDashboard[];
}

/** Something is wrong with a file that should be delivered; the message names place and value. */
export class DeliveryFileError extends Error {
  override readonly name = 'DeliveryFileError';
}

/** Whether a text may be a uid: Grafana takes no other, and a file may be named so. */
export function isUid(text: string): boolean {
  return /^[\w-]+$/.test(text) && text.length <= LONGEST_UID;
}

/** @throws DeliveryFileError */
export function readDeliveryIndex(text: string): DeliveryIndex {
  const index = objectOf(parsed(text));
  if (!('dashboards' in index))
    throw new DeliveryFileError('it is no index of dashboards: $.dashboards is missing');
  const folders = ('folders' in index ? listOf(index['folders']) : [index['folder']]).map(
    (each, at) => {
      const { uid, title } = objectOf(each);
      return { uid: uidAt(`$.folders[${at}].uid`, uid), title: textOf(title) || textOf(uid) };
    },
  );
  const dashboards = listOf(index['dashboards']).map((each, at) => {
    const { uid, folder, file, resource } = objectOf(each);
    const path = `$.dashboards[${at}]`;
    return {
      uid: uidAt(`${path}.uid`, uid),
      folderUid: uidAt(`${path}.folder`, folder),
      files: { classic: fileAt(`${path}.file`, file), v2: fileAt(`${path}.resource`, resource) },
    };
  });
  return { folders, dashboards };
}

/** The dashboard in a file that the index names. @throws DeliveryFileError */
export function readIndexedDashboard(
  { uid, folderUid }: IndexedDashboard,
  format: DashboardFormat,
  text: string,
): PlacedDashboard {
  const json = objectOf(parsed(text));
  const spec = format === 'v2' ? objectOf(json['spec']) : json;
  const found = format === 'v2' ? objectOf(json['metadata'])['name'] : json['uid'];
  if (found !== uid) {
    const path = format === 'v2' ? '$.metadata.name' : '$.uid';
    throw new DeliveryFileError(`${path} is ${JSON.stringify(found)}, and the index says '${uid}'`);
  }
  return { uid, folderUid, title: textOf(spec['title']), spec };
}

function parsed(text: string): unknown {
  const read = readBoundedJson(text);
  if ('value' in read) return read.value;
  const { message, path, line, column } = read.problem;
  throw new DeliveryFileError(`line ${line}, column ${column} (${path}): ${message}`);
}

function uidAt(path: string, value: unknown): string {
  if (typeof value === 'string' && isUid(value)) return value;
  throw new DeliveryFileError(`${path} is ${JSON.stringify(value) ?? 'missing'}, which is no uid`);
}

/** A file below the index, and nowhere else. */
function fileAt(path: string, value: unknown): string {
  if (
    typeof value === 'string' &&
    value !== '' &&
    !value.startsWith('/') &&
    !value.split(/[/\\]/).includes('..')
  )
    return value;
  throw new DeliveryFileError(
    `${path} is ${JSON.stringify(value) ?? 'missing'}, which is no file below the index`,
  );
}
