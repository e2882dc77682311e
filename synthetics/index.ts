// The door of the room: what catalog and command line use of it.
export type { Check } from './check.ts';
export { CHECK_FILE_ENDING, formatCheckFile, parseCheckFile } from './check-file.ts';
export { chooseChecks, unknownChoices } from './choose-checks.ts';
export type { Run } from './run.ts';
export { type RunOptions, runCheck } from './run-check.ts';
export { junitOfRuns } from './run-junit.ts';
export { createRunSeries } from './run-series.ts';
export { type RunResult, runResult } from './run-result.ts';
export { ciWorkflow } from './jobs/ci-workflow.ts';
export { cronJobFiles } from './jobs/cron-job.ts';
export { type JobGroup, jobGroups } from './jobs/job-group.ts';
export { systemdUnits } from './jobs/systemd-units.ts';
export { createProbes } from './probes/probes.ts';
export { createSurroundings } from './probes/surroundings.ts';
export { createResultQueue, type Delivery, type ResultQueue } from './runner/result-queue.ts';
export { createRunner, type MissedRuns, type Runner } from './runner/runner.ts';
export { spreadMs } from './runner/schedule.ts';
export { scheduledTime } from './runner/scheduled-time.ts';
