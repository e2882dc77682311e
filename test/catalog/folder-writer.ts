// A process that brings a folder from one build to the next, over and over, until it is killed: `node folder-writer.ts FOLDER`.
import { writeFolder } from '../../catalog/artifact-folder.ts';
import { buildOf } from './folder-builds.ts';

const [, , folder = ''] = process.argv;
for (let build = 0; ; build += 1) {
  await writeFolder(folder, buildOf(build));
  process.stdout.write('.');
}
