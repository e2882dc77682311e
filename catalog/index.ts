// The door of the catalog: load a workspace and get what it defines.
export type { Catalog } from './catalog.ts';
export { loadWorkspace } from './load.ts';
export { validate, type Validated } from './validate.ts';
export type { GeneratorNote, Targets } from './artifact.ts';
export {
  compareFolder,
  type FolderChange,
  ForeignFileError,
  writeFolder,
} from './artifact-folder.ts';
export { dashboardSources } from './dashboards-generator.ts';
export { generate, GENERATORS, TARGETS } from './generate.ts';
export { keepMemorySmall } from './small-memory.ts';
