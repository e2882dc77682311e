// The door of the room: what catalog and command line use of it.
export type { Check } from './check.ts';
export { chooseChecks, unknownChoices } from './choose-checks.ts';
export type { Run } from './run.ts';
export { type RunOptions, runCheck } from './run-check.ts';
export { junitOfRuns } from './run-junit.ts';
export { createRunSeries } from './run-series.ts';
export { createProbes } from './probes/probes.ts';
export { createSurroundings } from './probes/surroundings.ts';
