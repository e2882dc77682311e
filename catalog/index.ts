// The door of the catalog: load a workspace and get what it defines.
export type { Catalog, Origin } from './catalog.ts';
export { loadWorkspace } from './load.ts';
export { validate, type Validated } from './validate.ts';
